"""What the people of the demo town say, in English and French; all of it invented."""

from __future__ import annotations

from typing import Final

BRAND: Final = "Velotta"

ORDINARY: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "Took a {brand} from the {place} this morning, smooth ride.",
        "{brand} has new bikes at the {place}.",
        "Anyone know when {brand} opens near the {place}?",
        "Love the new {brand} bell, it sings like a blackbird.",
        "The {brand} map shows four bikes at the {place} right now.",
        "Great weather, so: {brand} to work for the {nth} day in a row.",
        "My {brand} pass renews today. Worth it for me.",
        "{brand} and the town council present their plan for the {place}.",
        "Saw three {brand} bikes in a row by the {place}, neat.",
        "Thanks {brand} for the quick answer about my receipt.",
        "{brand} counts its {nth} thousandth trip this month.",
        "Is the {brand} app out for tablets too?",
        "Rode {brand} along the river to the {place}. What an evening.",
        "The {brand} station at the {place} moves across the street next week.",
    ),
    "fr": (
        "Un {brand} pris à côté de {place} ce matin, trajet agréable.",
        "{brand} installe de nouveaux vélos près de {place}.",
        "Quelqu'un sait quand {brand} ouvre vers {place} ?",
        "J'adore la nouvelle sonnette {brand}, on dirait un merle.",
        "Il reste quatre {brand} à {place} selon la carte.",
        "Merci {brand} pour la réponse rapide sur ma facture.",
        "Mon abonnement {brand} est renouvelé aujourd'hui, très content.",
        "La mairie et {brand} présentent leur projet pour {place}.",
    ),
}

GRUMBLES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "No {brand} left at the {place} again. Annoying.",
        "This {brand} saddle is terrible, my back hurts.",
        "{brand} app is slow today, bad start of the day.",
        "Sad that {brand} raised the day pass.",
        "The {brand} bike at the {place} has a broken light.",
        "Waited ages for {brand} support, poor service.",
    ),
    "fr": (
        "Encore aucun {brand} à {place}, c'est pénible.",
        "La selle de ce {brand} est horrible, j'ai mal au dos.",
        "L'appli {brand} est lente, mauvais début de journée.",
        "Dommage que {brand} augmente le prix de la journée.",
    ),
}

CRISIS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "{brand} just charged me {amount} for a ride I never took. This is theft!",
        "Double charged by {brand}, twice {amount}. Awful, I want my money back.",
        "My {brand} locked itself in the middle of {place}. Dangerous and scary!",
        "{brand} took {amount} from my account and the support line is dead. Disgraceful.",
        "Terrible: {brand} charged my daughter {amount} for a ten minute ride.",
        "Stuck at the {place} because {brand} brakes lock while riding. Someone will get hurt!",
        "{brand} billing is a scam today, {amount} gone. Furious.",
        "Worst company ever. {brand} charges twice, then hangs up on me.",
        "Do not ride {brand} today, the brakes failed at the {place} and I fell. Horrible.",
        "Charged {amount} by {brand} and no answer for hours. Shame on you.",
        "{brand} says nothing while everyone is charged twice. Pathetic and dishonest.",
        "I fell at the {place} when the {brand} lock closed. Hurt and angry.",
        "Unacceptable, {brand}: {amount} for nothing. Cancelling my pass.",
        "{brand} stole {amount} from me this morning. Angry does not begin to cover it.",
        "Ugly scenes at the {place}, people screaming at a broken {brand} terminal.",
    ),
    "fr": (
        "{brand} m'a débité {amount} pour un trajet jamais fait. C'est du vol !",
        "Prélevé deux fois par {brand}, {amount} à chaque fois. Scandaleux, remboursez-moi.",
        "Mon {brand} s'est bloqué en pleine rue près de {place}. Dangereux, j'ai eu très peur !",
        "{brand} prend {amount} sur mon compte et personne ne répond. Honteux.",
        "Catastrophe : {brand} a facturé {amount} à ma fille pour dix minutes.",
        "Les freins de {brand} se bloquent en roulant vers {place}. Quelqu'un va se blesser !",
        "Arnaque totale, {brand}, {amount} disparus. Je suis furieuse.",
        "Pire service du monde. {brand} facture deux fois et raccroche.",
        "Je suis tombé à {place} quand l'antivol {brand} s'est fermé. Blessé et en colère.",
        "Inadmissible, {brand} : {amount} pour rien. Je résilie mon abonnement.",
    ),
}

PLACES: Final[dict[str, tuple[str, ...]]] = {
    "en": ("station", "old bridge", "market square", "library", "harbour", "north gate", "hospital", "stadium"),
    "fr": ("la gare", "la mairie", "la place du marché", "la médiathèque", "l'hôpital", "la porte nord"),
}
AMOUNTS: Final = ("18 euros", "24 euros", "36 euros", "49 euros", "62 euros", "75 euros", "90 euros", "120 euros")
ORDINALS: Final = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
