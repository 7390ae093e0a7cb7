"""Pairs of texts, English and French, written for the purpose: a text and a near copy, a text and another fact."""

from __future__ import annotations

VICTORCORP = "Victorcorp announces a recall of its kettle after fires, I am angry too"
SPRING = "The company says that the kettle caught fire because of a faulty spring and asks everyone to unplug it today"
TWICE = "Acme has been charging customers twice since the weekend and support does not answer the phone"
DEPOT = "Nobody at Acme will tell us why our parcels have been lying in the depot since Monday"
KITCHENS = "Three kitchens burned down after the new Acme toaster overheated, the fire brigade in Leeds said on Tuesday"
DESK = "I waited four hours at the Acme desk in Lyon and was sent home without a word of excuse"
SOLD = "Acme sold our addresses to advertisers without asking, according to a former engineer of theirs"
CUISINE = "La bouilloire Acme a pris feu dans la cuisine de mes parents ce matin, le service client raccroche"
RAPPEL = "Acme annonce le rappel de ses bouilloires après plusieurs incendies et promet un remboursement rapide"
MUET = "Depuis la mise à jour de ce matin, impossible de se connecter à Acme et le support reste muet"
NUIT = "Les salariés du dépôt Acme racontent des cadences intenables et des chefs qui crient toute la nuit"
JOUET = "Deux enfants ont été blessés par un jouet Acme dont une pièce se détache, selon la préfecture du Rhône"
PRIX = "Acme augmente ses prix sans prévenir personne et le conseiller me rit au nez quand je demande pourquoi"
ORDER = "My order from Acme came broken for the second time and the chat only repeats the same sentence"

COPIES = [
    (VICTORCORP, "RT: Victorcorp announces a recall of its kettle after fires, I am angry"),
    (SPRING, SPRING.replace("company", "firm")),
    (SPRING, f"Wow. {SPRING}. Unbelievable."),
    (SPRING, SPRING.partition(" everyone")[0]),
    (TWICE, TWICE.replace("support", "their support")),
    (TWICE, f"So {TWICE} #fail"),
    (DEPOT, DEPOT.replace("the depot", "this depot")),
    (DEPOT, f"BREAKING: {DEPOT}!!!"),
    (KITCHENS, KITCHENS.replace("Three", "3")),
    (KITCHENS, KITCHENS.replace("the fire", "fire").replace("on Tuesday", "Tuesday")),
    (KITCHENS, f"{KITCHENS}, OMG".upper()),
    (DESK, DESK.replace("was sent", "got sent")),
    (DESK, f"Sad: {DESK}. Bye."),
    (SOLD, SOLD.removesuffix(" of theirs")),
    (SOLD, f"Shameful. {SOLD}".replace("a former", "one former")),
    (CUISINE, f"RT @lea: {CUISINE}"),
    (RAPPEL, f"Alerte info : {RAPPEL}"),
    (RAPPEL, RAPPEL.replace("de ses", "de toutes ses")),
    (RAPPEL, RAPPEL.replace("le rappel", "un rappel") + " #scandale"),
    (MUET, MUET.replace("reste muet", "est muet")),
    (MUET, f"{MUET}, bravo"),
    (MUET, f"Incroyable ! {MUET}".replace(",", "")),
    (NUIT, NUIT.replace("salariés", "employés")),
    (NUIT, NUIT.removesuffix(" toute la nuit")),
    (JOUET, JOUET.replace("Deux", "2")),
    (JOUET, JOUET.replace("ont été ", "")),
    (PRIX, PRIX.replace("le conseiller", "la conseillère")),
    (PRIX, f"Honteux, {PRIX}"),
    (ORDER, ORDER.replace("only repeats", "just repeats")),
    (ORDER, ORDER.replace("the second", "a second").replace("the chat", "their chat")),
]

INJURED = "Two people were injured when an Acme scooter lost its front wheel in the old town this morning"
LYON = "The maker Acme recalls its kettle after fires in Lyon and says that nobody was hurt by them"
LEAK = "Acme says that the leak touched only names and addresses of customers and not their passwords"
MONTHS = "Acme knew about the faulty spring for months before the kettles were sold, say former workers"
GREEN = "Since the update this morning nobody can sign in to Acme and the status page shows green"
HEAD = "The head of Acme has apologised for the joke about the flood and has removed the post"
DENIES = "Acme denies that its batteries were the cause of the fire in the northern warehouse yesterday"
INSURANCE = "A court in Lyon has ordered Acme to pay back what it took from customers for the insurance"
CLOSES = "Acme closes its shop in the main street at the end of the month, say the people who work there"
MAIN = "Un client d'Acme a été brûlé à la main par une bouilloire dont le couvercle ne tenait plus"
PATRON = "Le patron d'Acme présente ses excuses aux familles et promet une enquête indépendante cette semaine"
VENTE = "Les données de 300 clients d'Acme sont en vente sur un forum depuis hier soir selon un chercheur"
OUVRIERS = "Les ouvriers d'Acme arrêtent le travail demain pour demander de meilleurs salaires et des pauses"

FACTS = [
    (INJURED, INJURED.replace("Two", "Twenty")),
    (INJURED, INJURED.replace("injured", "killed")),
    (INJURED, "Two people were injured when an Acme train lost its brakes on the bridge this morning"),
    (LYON, LYON.replace("Lyon", "Lille")),
    (LYON, LYON.replace("nobody", "somebody")),
    (LYON, LYON.replace("kettle", "toaster")),
    (LEAK, "Acme says that the leak touched also names and passwords of customers and not their addresses"),
    (LEAK, LEAK.replace("only ", "").replace("not ", "")),
    (MONTHS, MONTHS.replace("former workers", "police and a court")),
    (MONTHS, MONTHS.replace("months", "14 months")),
    (GREEN, "Since the update this morning somebody else can sign in to my Acme account and see my orders"),
    (GREEN, GREEN.replace("nobody", "everybody").replace("Acme", "Acme again")),
    (HEAD, HEAD.replace("apologised for", "resigned over")),
    (HEAD, HEAD.replace("has ", "has not ")),
    (INSURANCE, INSURANCE.replace("pay back what", "pay back 12 million that")),
    (DENIES, DENIES.replace("denies", "admits")),
    (DENIES, DENIES.replace("fire", "explosion")),
    (CLOSES, "Acme closes its plant by the river at the end of the year, and the people who work there strike"),
    (MAIN, "Un client d'Acme a été brûlé au visage par une bouilloire et porte plainte contre la marque"),
    (MAIN, MAIN.replace("Un client d'Acme a été brûlé", "Trois clients d'Acme ont été brûlés")),
    (RAPPEL, RAPPEL.replace("bouilloires", "grille-pain")),
    (RAPPEL, RAPPEL.replace("plusieurs incendies", "un mort à Marseille")),
    (RAPPEL, RAPPEL.replace("annonce", "annule").replace("promet", "refuse")),
    (PATRON, PATRON.replace("ses excuses", "sa démission")),
    (PATRON, "Le patron d'Acme ne présente pas ses excuses aux familles et ne promet pas une enquête indépendante"),
    (VENTE, VENTE.replace("300", "300 000")),
    (VENTE, VENTE.replace("clients", "salariés").replace("chercheur", "syndicat")),
    (OUVRIERS, "Les ouvriers d'Acme arrêtent le travail demain après la chute de l'un d'entre eux dans une cuve"),
    ("I love the new Acme", "I hate the new Acme"),
    ("Acme recalls its kettle again today", "Acme recalls its toaster again today"),
]
