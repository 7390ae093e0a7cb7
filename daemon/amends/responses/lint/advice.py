"""What is said of each finding: why it hurts, and what to say instead, in the language of the text."""

from __future__ import annotations

ADVICE: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "no-responsibility": ("Sorry without ownership sounds like regret for being caught.", "Say whose fault it was: \u201cWe did this, and it was wrong.\u201d"),
        "conditional": ("An if, a may or a felt puts the harm in doubt and hands it back to those who were hurt.", "Name the harm as a fact: \u201cOur post hurt people.\u201d"),
        "scapegoat": ("Handing over a culprit spoils the apology: the organisation chose, trained and checked.", "Speak as the organisation: \u201cWe sent it, and nobody here checked.\u201d"),
        "passive-blame": ("The fault has no doer in this sentence.", "Say who did it: \u201cWe printed the wrong figures.\u201d"),
        "voucher": ("A gift in public feeds the fire and puts a price on the harm.", "Undo the harm in public, talk of compensation in private."),
        "unconfirmed-promise": ("The facts are not known, yet an outcome is promised.", "Say what is known, what is not, and when more follows."),
        "minimising": ("It belittles the harm; those who were hit will measure it themselves.", "Give the number and the harm, without an adjective."),
        "jargon": ("Boardroom words hide who does what.", "Say it as you would to one customer at the counter."),
        "over-length": ("It is longer than the network allows.", "Cut it, or link to the full text."),
        "no-repair": ("Nothing says how the harm is undone.", "Say what is refunded, removed, replaced or restored, and by when."),
        "no-contact": ("People will have to ask, and there is nobody to ask.", "Add a phone number, an address or \u201creply here\u201d, and have it answered."),
        "self-pity": ("The speaker's own suffering stands before that of the people who were hit.", "Leave it out."),
        "denial": ("An apology that denies fault or harm is neither an apology nor a denial.", "Own the fault, or refute with proof and do not apologise."),
    },
    "fr": {
        "no-responsibility": ("Des excuses sans responsabilité sonnent comme le regret d'avoir été pris.", "Dites à qui la faute : « Nous l'avons fait, et c'était une faute. »"),
        "conditional": ("Un si, un aurait pu ou un ressenti met le tort en doute et le renvoie à ceux qui l'ont subi.", "Nommez le tort comme un fait : « Notre publication a blessé. »"),
        "scapegoat": ("Livrer un coupable gâche les excuses : c'est l'entreprise qui choisit, forme et contrôle.", "Parlez au nom de l'entreprise : « Nous l'avons envoyé, et personne ici ne l'a vérifié. »"),
        "passive-blame": ("La faute n'a pas d'auteur dans cette phrase.", "Dites qui l'a faite : « Nous avons imprimé de mauvais chiffres. »"),
        "voucher": ("Un cadeau en public attise le feu et donne un prix au tort.", "Réparez en public, parlez de dédommagement en privé."),
        "unconfirmed-promise": ("Les faits ne sont pas connus, et pourtant un résultat est promis.", "Dites ce que l'on sait, ce que l'on ne sait pas, et quand la suite viendra."),
        "minimising": ("Cela rapetisse le tort ; ceux qui l'ont subi le mesureront eux-mêmes.", "Donnez le nombre et le tort, sans adjectif."),
        "jargon": ("Le vocabulaire de comité cache qui fait quoi.", "Dites-le comme à un client au comptoir."),
        "over-length": ("C'est plus long que le réseau ne le permet.", "Raccourcissez, ou renvoyez au texte complet."),
        "no-repair": ("Rien ne dit comment le tort est réparé.", "Dites ce qui est remboursé, retiré, remplacé ou rétabli, et pour quand."),
        "no-contact": ("Les gens auront à demander, et il n'y a personne à qui demander.", "Ajoutez un numéro, une adresse ou « répondez ici », et faites-y répondre."),
        "self-pity": ("La souffrance de celui qui parle passe avant celle des personnes touchées.", "Retirez-la."),
        "denial": ("Des excuses qui nient la faute ou le tort ne sont ni des excuses ni un démenti.", "Assumez, ou réfutez avec des preuves, sans vous excuser."),
    },
}  # fmt: skip
