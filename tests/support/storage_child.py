"""A process that writes decisions as fast as it can and says each one that was committed: for tests that kill it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from amends.model import PageChange
from amends.storage import Store
from support.storage import NOW, RULES, a_bin, a_mention, a_page, an_event, an_incident, decide, say


async def main(folder: Path, name: str, brand: str, times: int) -> None:
    """Write `times` decisions (0: for ever), each of them in every table."""
    store = await Store.open("sqlite:///amends.db", folder=folder, decide=decide)
    incident = f"inc_{brand}"
    for number in range(1, times + 1 if times else sys.maxsize):
        state = await store.state(brand)
        seq = (state.version if state else 0) + 1
        snapshot = an_incident(incident, brand=brand, revision=seq)
        pages = tuple(
            a_page(f"pg_{brand}_{seq}_{person}", brand=brand, person=person, step=str(seq), incident=snapshot)
            for person in ("lea", "sam")
        )
        event = say(
            mentions=(a_mention(f"{name}-{number}", brand=brand),),
            bins=(a_bin(mentions=1),),
            incidents=(snapshot,),
            events=(an_event(seq, incident=incident),),
            pages=pages,
            page_changes=(PageChange(id=f"pg_{brand}_{seq - 1}_lea", state="sent", why=""),),
        )
        await store.apply(brand, event, now=NOW + seq, rules=RULES)
        sys.stdout.write(f"{name}-{number}\n")
        sys.stdout.flush()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
