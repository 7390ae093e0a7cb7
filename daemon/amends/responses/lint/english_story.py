"""How English tells a cause without a "because": as a story of what had been done, left or built that way.

Read clause by clause, in a text that owns or regrets something, and never in the clause that opens it (that names the
offence). What counts is who stands where: a thing as the subject of a deed in the past or of a habit, a state that had
lasted, or "we" with a verb of handling. A clause about those hit, about mending or about what comes is no cause.
"""

from __future__ import annotations

import re

from amends.responses.lint.grammar import table

_IRREGULAR = (
    r"put|sent|left|let|gave|ran|kept|built|bought|wrote|made|took|cut|lost|broke|held|shut|set|hid|drew|hit|went|got|"
    r"threw|drove|laid|led|fed|stuck|swept|wore|began|brought|came|fell|flew|grew|rode|rose|sank|spun|split|sprang|"
    r"tore|slid|ate|bit|blew|burst|burnt|caught|froze|shook|sat|lay|struck|swung|woke|hung|reset|overrode|overran|misread|"
    r"showed|slipped|told|read|meant|crept|dug|leapt|shrank|stole|swam|underran"
)
_PARTICIPLE = (
    rf"(?:[a-z-]{{2,}}ed|{_IRREGULAR}|been|gone|given|taken|written|broken|chosen|driven|worn|drawn|thrown|frozen|fallen|"
    r"grown|torn|become|run|come|begun|sunk|shown|stolen|forgotten|hidden|done|seen|known|stood|outgrown|overgrown|sold)"
)
_ADVERBS = (
    r"(?:(?:\w+ly|then|also|never|even|still|just|only|simply|already|first|long|once|always|again|not|each|both|all|"
    r"itself|ourselves|myself|in turn|instead) )*"
)
# What is said, shown or run for those hit: its doing something is the offence, not the cause.
_OFFENCE = (
    r"(?:tiny|small|minor|little|hiccup|blip|stakeholders?|partners?|learnings|frameworks?|values|hearts?|thoughts|posts?|tweets?|jokes?|advert\w*|ads?|posters?|campaigns?|letters?|emails?|statement|outages?|delays?|queues?|"
    r"waits?|incidents?|accidents?|fires?|damage|harm|apolog\w+|refunds?|money|inquiry|investigation|reviews?|team|company|"
    r"board|manager|director|staff|employees?|intern|driver|agency|supplier|results?|banners?|shows?|films?|concerts?|"
    r"flights?|trains?|bus|buses|shop|app|service|slogan|words?|captions?|headline|article|photos?|pictures?|"
    r"videos?|comments?|remarks?|clips?|song|answer|reply|decision|choice|leak|breach|few|lot|law|problem|issue|glitch|"
    r"error|fault|bug|failure|malfunction|power|lights?|council|police|regulator|court|press|tickets? site|orders?|parcels?|"
    r"van|lorry|hotel|store|restaurant|site|delivery|technical|human|computer|volunteers?|evening|day|night|week|month|event|match|game|statue|cut|rise|increase|inspector\w*)"
)
_STUFF = (
    r"(?:ice|snow|frost|heat|water|rain|wind|lightning|dust|salt|grease|smoke|damp|rust|sand|mud|leaves|mice|rats|bees|"
    r"condensation|sunlight|steam|oil|sugar|milk|flour|fog|roots|moisture|glue|paint|ink|air|mould|algae|lime|limescale)"
)
_THING = (
    rf"(?:(?:the|our|its|an?|one|two|three|both|another|each|this|that|whose|last \w+'s|"
    rf"(?!(?:it|that|there|what|here|who|he|she|how|let|where)'s)[a-z]\w+'s) (?!(?:{_OFFENCE}|was|were|is|are|had|has|have|did|do|does|will|would|can|could)\b)[\w'-]+"
    rf"(?: (?!(?:was|were|had|has|have|is|are|did|do|that|which|who)\b)[\w'-]+){{0,4}}?(?: (?:that|which|meant|in|on|of|for|from|behind|under|inside) (?:(?!(?:was|were|had|has|is|are|did)\b)[\w'-]+ ){{0,5}}[\w'-]+)?|{_STUFF})"
)
_HEAD = r"(?:^|[,;:(\u2014] ?|\b(?:and|so|but|when|while|after|as|where) )"
_HANDLED = (
    r"(?:moved|added|totted|tallied|divided|subtracted|multiplied|booked|stood|lined|taped|threw|grouped|weighed|poured|mounted|switched|swapped|loaded|copied|hired|opened (?!the (?:gates|doors))|picked|priced|budgeted|planned|trained|"
    r"put (?!(?:it|this|that|things|matters) right|up with|out\b|in place)|built|bought|set(?! up)|wired|fitted|installed|tested|stored|cooked|"
    r"parked|merged|upgraded|renamed|imported|exported|ordered|counted|measured|based|guessed|assumed|expected|thought|"
    r"believed|trusted|relied|hoped|wanted|tried|needed|meant|decided|agreed|signed|approved|ran|skipped|cut|saved|"
    r"postponed|delayed|outsourced|handed|gave (?!back)|used|reused|looked at|worked (?:from|with)|drew up|mistook|confused|"
    r"mixed|misread|rushed|hurried|saw no|had (?:only|no(?! (?:right|business|excuses?|idea|choice|reason)\b)|just|one|two|three|four|few|too|a single|never)|left|let(?! down)|"
    r"took (?!responsib\w+|full|it down|down|the (?:post|video|page|picture|ad)\b|action|steps|pride|advantage|too long)|"
    r"kept|forgot|never|grew|spent|typed|entered|keyed|programmed|configured|painted|labelled|filed|stacked|filled|"
    r"shipped|released|launched|rolled out|scheduled|timed|designed|wrote (?!to\b)|folded|printed|translated|replaced|changed|"
    r"updated|deleted|closed|turned|plugged|connected|disconnected|borrowed|rented|leased|subcontracted|chose|opted|"
    r"preferred|promised [^.;]{3,40} and|gambled|bet|sized|dated|rounded|capped|reckoned|calculated|estimated|sowed|grabbed|"
    r"pulled (?:the|a|an) (?:wrong|old)|pushed|swept|pasted|shared|lent|mounted|bolted|glued|washed|rinsed|heated|cooled)"
)
# What "we" did to those hit, said, felt, owned or put right: any other deed past the offence tells how it came about.
_NO_DEED = (
    r"(?:charg|publish|post|mock|insult|cancel|refus|ignor|fail|betray|disappoint|hurt|harm|apologi|regret|refund|remov|"
    r"pull|correct|repair|restor|replac|reopen|contact|call|notif|inform|alert|visit|thank|learn|receiv|listen|hear|"
    r"invit|offer|honou?r|serv|treat|cheat|deceiv|mislead|frighten|accus|announc|launch|investigat|commit|"
    r"pledg|suspend|dismiss|fir(?:e|ed)\b|ow(?:ed|n)|deserv|reach|help|recall|withdr|open|start|stopp|clos|admitt|"
    r"acknowledg|accept|deliver|overcharg|address|describ|promis|mail|email|show|explain|stat|reassur|realis|realiz|"
    r"notic|identif|fix|act|work|react|respond|want|pass|car(?:e|ed)\b|drop(?:ped)? the ball|mess|screw|sat on|sat\b|follow|botch|"
    r"bungl|blunder|erred|misjudg|mishandl|slipp|goof|foul|fumbl|need|exceed|(?:found|met|knew|spoke|said|told|sent|"
    r"sold|lost|broke|gave|wrote|made|took|did|got|had|went|saw|read|heard|felt|came|fell|left|let|kept|put|hid|held|lied|"
    r"cut|felled|shot|ate|killed|hit|laughed|stood|deleted|banned|evicted|fined|sacked|stole|rang|paid|brought|did)\b)"
)
_HABIT = (
    r"(?!(?:is|was|has|does|this|its|us|as|goes|ships|leaves|arrives|opens|starts|means|costs|hurts|takes|deserves|remains|"
    r"works|runs|belongs|comes|returns|closes|reopens|matters|makes|needs|begins|stays|stands|sits|lies|rests|stops|"
    r"falls|gets|happens|says|services|drivers|members|apologises|regrets|owes|thanks|hours|days|weeks|minutes|years|"
    r"months|times|nights|others|ones|towns|users|lines|trains|prices|tickets|bills)\b)[a-z]{3,}s"
)

STORY = table(
    (
        rf"!(?<!have )(?<!has )\b(?:had|'d)(?:n't)? {_ADVERBS}{_PARTICIPLE}\b(?! to\b)",
        (
            rf"!{_HEAD}{_THING} {_ADVERBS}(?!(?:was|were|had|did|is|are|has|read|meant|inspected|arrived|fell over|lasted|affected|"
            rf"waited|missed|need|indeed|exceed)\b)(?:[a-z-]{{2,}}ed|{_IRREGULAR})\b(?! by\b)"
        ),
        rf"!\b(?:we|i) {_ADVERBS}{_HANDLED}\b(?! (?:it|them|this|that|us)\b(?:[.,;!]|$| (?:and|there|up|out|online)\b))(?=.{{6,}})",
        rf"!\b(?:we|i) {_ADVERBS}(?!{_NO_DEED})(?:[a-z-]{{2,}}ed|{_IRREGULAR})\b(?! (?:it|them|this|that|us)\b(?:[.,;!]|$| (?:and|there|up|out|online)\b))(?=.{{6,}})",
        r"!\b(?:we|i) (?:was|were) (?:\w+ )?(?:angry|tired|bored|drunk|busy|rushed|afraid|distracted|sure|confident|convinced|certain|understaffed|stretched|away|on holiday|asleep|in a|short of|too few|new to|behind with|out of)\b",
        r"!\bthere (?:was|were) (?:only |just |but )?(?:one|two|no|a single|nobody|too (?:few|many|little))\b(?! (?:excuse|reason|justification|malice|intention|way|danger|risk|leak|breach|need|doubt|delay|harm|damage|victim|injur\w+))",
        rf"!{_HEAD}{_THING} (?:is|are|was|were|looks?|looked) (?:both |all |exactly |almost |nearly )?(?:the same (?!day|time)\w+|alike|side by side)\b",
        rf"!{_HEAD}{_THING} leaves? (?:out|off)\b",
        (
            rf"!{_HEAD}{_THING} (?:was|were) {_ADVERBS}(?!(?:wait|suffer|be|tell|go|try|cry)ing\b)(?:\w+ing\b|too (?!late|bad)\w+|trained|loaded|drawn|packed|calculated|measured|glued|tied|hung|translated|planned|timed|sourced|parked|placed|linked|staffed|rated|sized|tuned|calibrated|stored|fitted|wired|sorted|filled|serviced|set|built|"
            r"designed|meant|based|kept|mixed|wrong\w*|rusted|stuck|open|shut|off|on|full|empty|missing|broken|old|out of|short|"
            r"copied|the (?:one|same)|in the|from|not\b|never\b|last\b|still\b|only\b|one\b|two\b|three\b)"
        ),
        r"!(?<!have )(?<!has )\b(?:had|has) (?:no|only|just|one|two|three|four|twelve|\d+|the same|never)\b(?! (?:right|business|excuses?|idea|choice|place|reason|intention|doubt|plans? to|wish|news|answers?|information)\b)",
        rf"!{_HEAD}{_THING} {_ADVERBS}{_HABIT}\b(?! (?:again|back|up|fine|normally|are|were|weren't|aren't|and|or|of|for|at|in|on|who|that)\b)(?=.{{5,}})",
    ),
    {},
)
# A clause about those hit, about owning, mending or what comes.
NO_STORY = re.compile(
    r"\b(?:you|your|yours|sorry|apolog\w+|regret\w*|forgiv\w*|refund\w*|will|won't|'ll|shall|now|today|tomorrow|tonight|"
    r"from (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|since (?:then|noon|yesterday)|customers?|"
    r"guests?|passengers?|people|patients?|famil\w+|child|children|pupils?|residents?|neighbou?rs?|parents?|riders?|readers?|"
    r"everyone|anyone|everybody|victims?|trust|responsib\w+|blame|fault|mistake|wrong of|shame\w*|understand|know how|"
    r"hurt\w*|offen\w+|inexcusable|unacceptable|if)\b",
    re.IGNORECASE,
)
