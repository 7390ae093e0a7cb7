"""How English says the six parts of an apology."""

from __future__ import annotations

from amends.responses.lint.grammar import Parts, Pattern, table

_ORG = (
    r"(?:the|our|this)(?: own| whole| entire| senior)? (?:company|board|management|leadership|airline|bank|brand|club|team|"
    r"organi[sz]ation|firm|hospital|school|university|museum|restaurant|hotel|shop|store|council|newsroom|ministry|"
    r"executive|directors?|planners|department|agency|charity|festival|theatre|zoo|brewery|bakery|kitchen|editors?)"
)
_NAME = r"(?-i:\b(?!I\b|We\b|The\b|This\b|That\b|It\b|Our\b|No\b|And\b|But\b|So\b|What\b|If\b|They\b|You\b)[A-Z][\w&.]+(?: [A-Z][\w&.]+)?)"
_MACROS = {
    "ADV": r"(?:(?:very|so|truly|deeply|sincerely|really|genuinely|terribly|profoundly|unreservedly|wholeheartedly|most|"
    r"all|both|extremely|heartily|also|fully|wholly|entirely|completely|solely|squarely|clearly|simply|badly|just|now|then|here|"
    r"once|again|therefore|hereby|humbly|publicly|personally|absolutely|incredibly|awfully|and|still|again|already|alone|too|"
    r"plainly|obviously|sadly|frankly|quite|seriously|unequivocally|totally) ?,? ?){0,4}",
    "WE": rf"(?:\b(?:and|then)(?= (?:will|have|are|shall|'ll)\b)|\bwe(?: (?:at|here at) [\w ]{{1,20}})?\b|\bi\b|{_ORG})",
    "AUX": r"(?:'ve|'re|'m|'d| have| has| had| are| am| is| was| were| do| did| can| must| want to| would like to)?",
    "US": r"(?:us|me|our(?:selves| \w+(?: \w+)?)?|myself|the (?:company|board|management|airline|bank|club))",
    "BAD": r"(?:wrong|bad|poor|terrible|awful|stupid|careless|mistaken|reckless|dreadful|serious|grave|foolish|inexcusable|"
    r"unacceptable|thoughtless|hasty|lazy|rotten|big|huge|costly|faulty|false|incorrect|tasteless|insensitive|cruel)",
    "FAULT": r"(?:mistakes?|errors?|faults?|failures?|failings?|blunders?|oversights?|lapses?|misjudg\w+|negligence|"
    r"carelessness|wrongdoing|slip-?ups?|cock-?ups?|shortcomings?|screw-?ups?|bad|doing|mess|bad calls?)",
    "DEED": r"(?:decisions?|choices?|calls?|ideas?|posts?|tweets?|ads?|words|plans?|judg\w+|pricing|planning|handling|"
    r"campaigns?|jokes?|products?|labels?|letters?|emails?|messages?|wording|headlines?|move|policy|rule|name)",
    "ROLE": r"(?:(?:an?|the|one|our|some|that|this|two|another)(?: \w+){0,2}? (?:employees?|interns?|trainees?|temps?|apprentices?|clerks?|"
    r"staff members?|members? of (?:our|the) (?:\w+ ){0,3}?(?:staff|team|crew)|members? of staff|colleagues?|contractors?|subcontractors?|suppliers?|vendors?|agency|"
    r"agencies|couriers?|printers?|partners?|drivers?|freelancers?|developers?|engineers?|operators?|workers?|cashiers?|"
    r"waiters?|chefs?|cooks?|volunteers?|technicians?|providers?|hauliers?|carriers?|caterers?|customers?|guests?|"
    r"passengers?|users?|assistants?|consultants?|individuals?|persons?|manufacturers?|distributors?|host|copywriter|"
    r"designers?|social media managers?|account managers?|managers?|cleaners?|baker|nurse|teacher|pilot|steward|student|"
    r"receptionist|salesman|salesperson|junior|newcomer|new hire|person responsible|team member))",
    "NAME": _NAME,
    "HARM": r"(?:offen[cds]\w*|upset\w*|hurt\w*|harm\w*|insult\w*|anger\w*|angry|annoy\w*|inconvenien\w*|distress\w*|disappoint\w*|"
    r"disrespect\w*|pain\w*|troubl\w*|discomfort|confus\w+|shock\w*|alienat\w*|uncomfortable|worr\w+|wound\w*|misled|"
    r"landed|came across|caused|disturb\w*|alarm\w*|embarrass\w*|unwelcome|excluded|belittled|mocked|bothered|affected)",
}  # fmt: skip


def t(*lines: str) -> tuple[Pattern, ...]:
    """Compile English patterns."""
    return table(lines, _MACROS)


PARTS = Parts(
    regret=t(
        r"(?:<NAME>) says (?:\w+ )?sorry\b|\b(?:with|deepest|heartfelt|sincerest|humblest|warmest) apologies\b",
        r"(?:<WE>|<NAME>)<AUX> ?<ADV>(?:feel |felt )?<ADV>sorry\b(?! to (?:hear|learn|read|see)| for (?:your|his|her|their) loss)",
        r"(?:^|[,;:—(]|\b(?:and|but|so|both|really|truly|very|deeply|again)) ?<ADV>sorry\b"
        r"(?! to (?:hear|learn|read|see)| for (?:your|his|her|their) loss| about your (?:loss|dog|cat|mother|father|grand)| (?:that )?you (?:missed|lost|fell|got sick|are ill|are sick|aren't well|didn't win))",
        r"!\b(?:can't|cannot|can not|couldn't) (?:say sorry|apologi[sz]e) enough|\bhow (?:deeply |very |truly )?sorry we\b",
        r"\bapologi[sz](?:e|es|ed|ing)\b(?! to (?:none|nobody))",
        r"\b(?:our|my|many|sincer\w+|full|deepest?|humble|heartfelt|unreserved|an?|a thousand|profound|huge|massive|of) apolog(?:y|ies)\b",
        r"(?:^|[.!,;:—] ?)apologies\b",
        r"(?:<WE>|<NAME>) <ADV>regrets?\b(?! to (?:inform|announce|tell|hear|learn))|\b(?:our|my|deep|sincere) regrets?\b|with regret\b",
        r"\b(?:pardon us|beg (?:your|for your) pardon|excuse us)\b",
        r"<WE><AUX> ?<ADV>(?:feel|felt|feeling) <ADV>(?:terrible|awful|sick|dreadful|horrible|rotten|remorse|gutted)\b",
        r"<WE> wish <WE>(?: had|'d)\b|\bremorse\b|\bmortified\b",
    ),
    forgiveness=t(
        r"\bforgiv(?:e|en|eness|ing)\b(?! is(?:n't| not))", r"\bpardon us\b|\b(?:beg|ask)(?: for)? your pardon\b"
    ),
    responsibility=t(
        r"\b(?:fault|blame|responsibility|error|mistake|failure) (?:lies|rests|sits|belongs|is) <ADV>(?:with|at) (?:(?-i:[A-Z]\w+)(?! (?:Ltd|GmbH))\b|our (?:own )?door)(?! and not)|\bput (?:it|this|that) down to (?:us|me)\b|\b(?:hold|put|holding|putting) (?:our|my) hands? up\b|\bhands up\b",
        r"\b(?:we|i|<ORG>|it) (?:\w+ )?(?:chose|decided|judged|planned|acted|behaved|reacted|handled (?:it|this|that)|managed (?:it|this)|treated (?:you|them|her|him)) (?:\w+ )?(?:badly|poorly|wrongly|unfairly|carelessly|appallingly|terribly|disgracefully)\b|\bfell (?:\w+ )?(?:short|below)\b|\bwhat we (?:\w+ )?(?:did|wrote|said|posted|published|sold|showed|sent|told you|made|served)\b[^.!?]{0,40}\b(?:was|is|were) (?:\w+ )?(?:<BAD>|contemptible|shameful|indefensible|disgusting|vile|racist|sexist|hurtful|shabby|not good enough|not acceptable|unworthy|untrue|dangerous)\b",
        r"\bour (?:own )?\w+(?: \w+)? (?:was|were|is|are) (?:an? |the )?(?:\w+ )?(?:<FAULT>|<BAD>)\b",
        r"\b(?:it|that|this) (?:was|is) (?:entirely |all |purely )?(?:our|my) (?:own )?(?:choice|decision|call|idea|doing|work|words?)\b|\b(?:and|but) we (?:wrote|built|made|chose|designed|ordered|approved|signed|bought|hired|set) (?:that|it|them|this|the)\b",
        r"\b(?:we|i) did\b(?=[.,;!]|$)|\b(?:we|i)\b[^.!?]{0,40}\banswers? for (?:it|this|that|what)\b|(?:^|[.!?] ?)guilty\b|\bby (?:us\b|me\b|our(?:selves)?\b|<ORG>)[^.!?]{0,40}\b<BAD>\b",
        r"\b(?:is|was|were|are|be) <ADV>(?:ours|mine)(?: alone| entirely| to (?:bear|carry|own|answer for))?\b(?! to (?:keep|give|share|win))|\b(?:that's|it's|this is|that is|this was|it was|that was|all) (?:\w+ )?down to us\b|\bonly ourselves to blame\b|\bshame on us\b|\bwe(?:'re| are| were) the ones (?:who|that)\b|\bit was (?:us|we) who\b|\bat our (?:own )?door\b|\bwe (?:had been|were) warned\b|\bwe knew\b[^.!?]{0,40}\b(?:and|but|yet)\b",
        r"<WE><AUX> <ADV>(?:been |were |was |too |so )*(?:careless|sloppy|greedy|arrogant|negligent|reckless|thoughtless|complacent|deaf|too slow|slow to|naive|lazy|foolish|stupid|insensitive|blind to|cowardly|dishonest|unfair|out of line|tone-deaf|unprepared|clumsy|rude|unkind|sexist|racist)\b",
        r"\bwe put (?:\w+ ){1,4}(?:before|above|ahead of)\b|<WE><AUX> (?:\w+ )?(?:bungled|fluffed|flunked|ballsed|mucked|stuffed|cocked|fluffed|butchered|wrecked|insulted|offended|cheated|deceived|frightened|scared|endangered|shortchanged|short-changed|abandoned|leaked|lost your|lost the|humiliated|mistreated|wronged)\b",
        r"(?:<WE>|<NAME>)<AUX> <ADV>(?:takes?|took|accepts?|accepted|bears?|assumes?|shoulders?|owns?|claims?|acknowledges?|admits?|hold)"
        r" (?:\w+ ){0,3}?(?:responsib\w+|blame|fault|ownership|accountab\w+|mistakes?|errors?|failures?|failings?|wrongdoing)\b",
        r"\b(?:is|are|was|it's|that's) ours to (?:answer|fix|put right|carry|own|bear|mend|make good)\b|!\bwe (?:did not|didn't|had not|hadn't|never) (?:\w+ )?(?:check|test|listen|look|prepare|plan|train|checked|tested|listened|prepared)(?:ed)? (?:\w+ )?(?:enough|properly|carefully)\b",
        r"\b(?:and|also|but) <ADV>(?:take|accept|bear|own|assume|shoulder)s? (?:\w+ ){0,3}?(?:responsibility|ownership|blame|accountability|it|this|that|mistakes?|errors?)\b",
        r"\b(?:we|i) (?:\w+ )?(?:signed|wrote|sent|published|posted|printed|said|told|sold|released|launched|approved)\b[^.!?]{0,80}\b(?:it|that|which|this) (?:was|is|were) (?:\w+ )?<BAD>",
        r"\b(?:taking|accepting|bearing|admitting) (?:\w+ ){0,2}(?:responsibility|blame|ownership)\b",
        r"<WE><AUX> ?<ADV>own (?:this|that|it|up|every|all|our|the)\b|\bown(?:ing)? up to\b|\bowned by us\b",
        r"(?:\bis|\bwas|\bare|\bwere|'s|\bbe|\blies|\brests|\bsits|\bfalls|\blands|\bstops|\ball|\bentirely|\bsquarely|\bsolely|\bone) "
        r"<ADV>(?:up)?on (?:us|me)\b",
        r"\b(?:fault|blame|responsibility|error|mistake|failure|guilt) (?:here )?(?:lies|lay|rests?|sits|falls|belongs|is|was|stays) <ADV>"
        r"(?:with |on |to )?(?:us|me|ours?|mine|our own)\b",
        r"\b(?:fault|blame|mistakes?|errors?|<DEED>|failure|responsibility|screw-?up|mess|blunder) (?:is|was|are|were|here was) <ADV>"
        r"(?:\w+ ){0,2}?(?:ours|mine|our own|our (?:fault|mistake))\b",
        r"\bblame (?:us|me)\b|\bto blame (?:is|are) (?:us|we)\b|\bbuck stops (?:with|here)\b|\bmea culpa\b|\bguilty as charged\b|\bplead guilty\b",
        r"\b(?:our|my)(?: own)? (?:\w+ )?(?:faults?|mistakes?|errors?|failures?|failings?|blunders?|negligence|carelessness|misjudg\w+|"
        r"wrongdoing|shortcomings?|lapses?|screw-?ups?|slip-?ups?|cock-?ups?|bad|doing|oversights?)\b(?! (?:rate|message|log|page))",
        r"\b(?:our|my)(?: own)? <BAD> (?:\w+ ){0,2}?<DEED>\b|\b<BAD> <DEED>,? (?:and )?(?:it was )?(?:ours|mine|on our part|of ours)\b",
        r"\b(?:it|this|that|what happened|the fault|everything|all of (?:it|this))(?: is|'s| was) <ADV>(?:our|my) (?:sole |full |own )?"
        r"(?:responsibility(?! to\b)|doing|job to)\b",
        r"\bnobody's (?:fault|doing) but (?:ours|our own|mine)\b|\bno one to blame but (?:us|ourselves|me|myself)\b",
        r"!\b(?:no ?body|no one|none)(?: else)? to blame (?:but|except) (?:us|ourselves|me|myself)|\bno ?(?:body|one)'s (?:fault|doing) but (?:ours|our own|mine)",
        r"<WE><AUX> <ADV>(?:\w+ )?(?:responsible|accountable|answerable|liable|to blame|at fault|guilty|culpable)\b"
        r"(?! for (?:keeping|ensuring|protecting|making sure|the safety))",
        r"(?:<WE>|<NAME>)(?: must| will| have to|'ll| as [\w ]{2,20})? <ADV>answers? for (?:it|this|that|what|every)\b",
        r"\bwe as (?:the|an?) \w+ answer for\b|\bwhich we[\w ]{0,25} answer for\b",
        r"(?:<WE>|<NAME>)<AUX> ?<ADV>(?:were|was|are|am|'re|been|acted|did|got|had|have)? ?<ADV>(?:it|this|that|things|you|him|her|them)? ?<ADV>"
        r"(?<!something )(?:in the )?wrong(?:ed|ly)?\b",
        r"\b(?:was|is|were|be) (?:\w+ )?(?:wrong|careless|thoughtless|stupid|negligent|reckless|foolish|cruel|unfair) of (?:us|me)\b|\bwrong of (?:us|me)\b",
        r"!<WE> (?:\w+ )?(?:should|ought to|could) (?:never |not |have known|have (?:checked|asked|tested|listened|seen|caught|stopped|done|told|warned|acted|read|noticed))",
        r"!<WE> (?:\w+ )?(?:shouldn't|should not|should never|oughtn't|ought not to) have\b|\bwe should have\b|\bi should have\b",
        r"(?:<WE>|<NAME>)<AUX> <ADV>(?:failed|let (?:\w+ ){1,4}?down|messed (?:this |it )?up|screwed (?:\w+ )?up|fouled (?:it )?up|blew it|"
        r"dropped the ball|fell (?:\w+ )?short|erred|botched|bungled|misled|lied|misjudged|mishandled|mismanaged|neglected|overcharged|"
        r"overbilled|double-charged|hurt (?:you|people|them|the)|harmed|betrayed|broke (?:it|this|the|your|our|that)|goofed|slipped up|"
        r"ruined|disappointed (?:you|many|our)|missed the mark|caused|exposed|underestimated|overlooked|ignored|cut corners)\b",
        r"<WE><AUX> (?:\w+ )?(?:made|make|making) (?:\w+ ){0,3}?(?:mistakes?|errors?|misjudg\w+|blunders?|(?:<BAD> )(?:\w+ )?<DEED>)\b",
        r"<WE><AUX> [^.!?;]{0,60}?,? (?:wrongly|mistakenly|by mistake|in error|carelessly|negligently|stupidly|foolishly|recklessly)\b",
        r"\b(?:wrongly|mistakenly|carelessly|stupidly),? we\b|\bwe (?:wrongly|mistakenly|carelessly|stupidly|foolishly)\b",
        r"\b(?:<BAD>|<FAULT>)\b[^.!?]{0,60}\bby (?:us\b|me\b|our(?:selves)?\b|<ORG>)",
        r"\b(?:<BAD>|<FAULT>)\b[^.!?]{0,40}\b(?:on|from) our (?:own )?(?:part|side|end)\b|\b(?:part|side|end)\b of ours",
        r"<NAME>'s? (?:own )?(?:doing|fault|mistake|error|failure|blunder)\b(?= and (?:nobody|no one)|[^.!?]{0,30}\b(?:alone|ours|nobody|no one)\b)",
        r"\bwe did (?:this|it|that)\b(?! for)|\bit was us\b|\bthat was us\b|\bthe wrong call was\b[^.!?]{0,20}\b(?:ours|by our)",
    ),
    explanation=t(
        r"!\bwithout (?:a|an|any) (?:\w+ )?(?:plan|backup|back-up|tests?|rehearsal|checks?|alarm|spare|review|rollback|fallback|second \w+|proof|trial|permit|briefing|guard|net)\b",
        r"\b(?:was|were|had been) (?:muted|switched off|turned off|unplugged|disconnected|disabled|wired|set to|stuck|jammed|mislabell?ed|misread|mixed up|swapped|miscounted|mistaken for|left (?:open|switched on|running|unlocked|unattended|plugged in)|out of date|outdated|expired|short of|blocked by|based on|written for|meant for|designed for)\b|!\b(?:nobody|no one|none of us)(?: \w+){0,3}? (?:switched|turned|plugged|noticed|changed|fixed|renewed|told|spoke|thought|realised|realized|remembered|cared|dared|wrote|opened|called|picked|set|put|restarted|updated|corrected|raised)\b",
        r"<WE>(?:'d| had)? (?:\w+ )?(?:hired too|trained too|started too|planned too|ordered too|used (?:the|an?) (?:old|older|wrong|cheap\w*|same)|pressed|clicked|were (?:tired|rushed|distracted|overworked|too few)|was (?:tired|rushed|distracted|in a hurry)|grew too|promised more|sold more|took on (?:more|too)|moved too|copied|pasted|translated)\b|\b(?:reads?|shows?|displays?|prints?|counts?|adds?|sends?|saves?|opens?|takes?) (?:\w+ ){0,3}?(?:low|high|too (?:much|many|few|early|late|low|high)|twice|as (?:zero|null|dollars|cents|euros)|degrees|wrongly|instead of|before the|the wrong)\b|\b(?:disagreed|contradicted|clashed|overlapped|conflicted)\b",
        r"\bwe wanted (?!to (?:help|say|be there|thank|make you|apologi[sz]e|tell you|let you))[^.!?]{5,}|\bcut (?:the|our|back on) (?:tests?|checks?|staff|budget|training|testing|maintenance)\b|\bskipped (?:the|a|our)\b",
        r"(?:^|[.!?;:]\s)\s?(?:an?|one|two|some) (?!(?:\w+ ){0,2}?(?:messages?|letters?|posts?|tweets?|emails?|photos?|videos?|ads?|jokes?|lapses?|failures?|mishaps?|slips?|malfunctions?|glitch\w*|misunderstandings?|faults?|bugs?|mistakes?|errors?|few|lot|customers?|guests?|number|oversights?|statement|apology|refund|technical|person|people|family|child|review|update|full|new|second|team))(?:(?!(?:was|were|is|are|has|have|been|will|who|that|which|of|had|got)\b)[\w'-]+ ){1,4}?(?!was|were|is|are|has|have|will|been|did|'s)(?:[a-z]{2,}ed|froze|broke|burst|fell|bit|ran|cut|blew|tore|hit|let|sent|came|ate|stuck|gave|went|lost|got|slid|sank|grew|caught|shut|took|left|melted) (?!by\b)",
        r"\blook(?:s|ed)? (?:exactly |just |too |very |so )*(?:like|alike|similar|the same)\b|\bhad (?:\w+ )?(?:modelled|treated|set|filed|listed|labelled|stored|copied|entered|wired|booked|sorted|counted|marked|hidden|changed|moved|switched|typed|put|swapped)\b",
        r"\b(?:we|our \w+(?: \w+)?) (?:\w+ )?(?:keyed|typed|copied|counted|mistook|stored|kept (?:it|them|the)|reused|forgot|put [\w ]{2,30} (?:before|above|ahead of)|cared more|tested (?:it |them )?only|never tried|bought the cheap\w*|were (?:short of|short-staffed|understaffed|in a hurry)|had too few|had (?:no|nobody|only|just) (?:\w+ ){0,2}?(?:on|backup|spare|plan|staff|time|alarm|one))\b",
        r"!\b(?:nobody|no one|none of us|not one)(?: \w+){0,4}? (?:had |ever |has )?(?:\w+ )?(?:checked|tested|read|asked|locked|looked|noticed|reviewed|verified|compared|spotted|questioned|stopped|watched|caught|warned|told|listened|tried)\b",
        r"\b(?:because|since(?= (?:we|our|nobody|no one)\b)|as a result of|owing to|due to|caused by|thanks to|resulted from|came from|stemmed from)"
        r" (?!you (?:deserve|matter|are|count|trust)|we (?:care|value|believe|love|want|take|owe|respect|know (?:that )?you|hurt|failed|let|were wrong)\b|of (?:it|this|that|us|our)\b)"
        r"(?!(?:an? |some |the |of )*(?:\w+ )?(?:technical|human|unforeseen|operational|internal|computer|system|IT|administrative|processing|clerical|communication|server|network|staffing|unexpected)?"
        r" ?(?:issues?|problems?|errors?|difficult\w+|glitch\w*|circumstances|fault|failure|mistakes?|incident|malfunction|bug|oversight|reasons?|mishap|misunderstanding|demand)\b[^,;]{0,12}(?:[.,;!]|$))"
        r"(?=[^.!?;]{12,})",
        r"!<WE>(?: had)?(?: not|n't| never)? ?(?:did not|didn't|had not|hadn't|never|failed to|forgot to|neglected to|omitted to) (?:\w+ )?"
        r"(?:check\w*|test\w*|read\w*|ask\w*|verif\w*|look\w*|compar\w*|lock\w*|replac\w*|clean\w*|train\w*|updat\w*|review\w*|inspect\w*|renew\w*|count\w*|proof\w*|notic\w*|prepar\w*|plan\w*|secur\w*|maintain\w*)\b",
        r"!\b(?:nobody|no one|none of us|not one of us)(?: here| at \w+| of us)?(?: had| ever| has)? ?(?:\w+ )?(?:check\w*|test\w*|read|ask\w*|lock\w*|look\w*|notic\w*|review\w*|verif\w*|compar\w*|spot\w*|question\w*|stopp\w*|knew|owned|watch\w*|caught|saw)\b",
        r"!^(?![^\n]*(?:\bwill\b|'ll\b|\bwon't\b|\bnever again\b|\bmust\b|\bshall\b))[^\n]*?\bwithout (?:\w+ )?(?:check|test|read|ask|verif|look|lock|compar|review|consult|proof|try|wait|inspect|train)ing\b",
        r"!\b(?:had|was|were|has|have) (?:not|never)(?: been)? (?:\w+ )?(?:checked|tested|replaced|locked|trained|cleaned|updated|renewed|reviewed|inspected|connected|installed|serviced|patched|configured|removed|switched|told|briefed|encrypted)\b",
        r"<WE><AUX> (?:\w+ )?(?:skipped|rushed|relied on|trusted|assumed|thought (?:that |it )|believed|wanted to (?:save|be|finish|cut|get|win|sell)|hurried|cut|ran out|had (?:only|just) (?:one|two|\d+)|signed|copied|mixed up|swapped|confused|mistook|misread|sold seats|outsourced|switched off|chose that|used an? (?:old|outdated|wrong))\b",
        r"\bin (?:a|our|the) (?:hurry|rush|haste)\b|\bto (?:save|gain|cut|finish|meet|be first|hit|keep)(?: \w+)? (?:time|money|costs?|sooner|early|the deadline|corners|faster|a target)\b|\bto finish sooner\b|\brushed (?:it|the|to)\b",
        r"\b(?:our|the|a|an|its) [\w' -]{2,40}? (?:froze|overheated|expired|rusted|burst|jammed|leaked|ran (?:out|a second|twice|dry)|filled up|crashed (?:when|after)|misread|rounds|rounded|allowed|lets?|let \w+|accepted|confused|swapped|doubled|overwrote|deleted the|looked? alike|had sent|sent (?:it|every|him|each|the)|was (?:set|wired|stuck|missing|mixed|based|written|still|switched|never)|were (?:set|never|mixed|still)|look(?:s|ed) (?:alike|the same)|stopped (?:checking|watching))\b",
        r"\b(?:what happened|how (?:could )?(?:it|this|that) happen\w*|here is why|here's why|the reason|the cause|cause|why)\b ?(?:was|is|\?|:|,)(?! (?:still |not )?(?:unknown|unclear|being|under))(?=[^.!?]{10,}|[?:] [^.!?]{10,})",
        r"\bwhich (?:meant|let|led|caused|made|sent|triggered|left)\b|\bthat is how\b|\bthat's how\b|\bso (?:the|our|it|that) [\w ]{3,40}\b(?:ran|sent|went|failed|charged|opened|stopped)\b",
    ),
    repentance=t(
        r"\b(?:each|every|all)(?: \w+){1,3} now (?!know|have been|has been|back|on (?:its|their) way|refunded|open)\w+\b",
        r"\btraining (?:starts?|begins?|follows|is now|for (?:all|every))\b",
        r"\b(?:is|are) history\b|\b(?:asks?|checks?|rings?|confirms?|reads?|counts?|warns?) (?:\w+ )?(?:twice|two times|first)\b|!\bno more (?:\w+ ){1,4}(?=[:;,.!])|\blearn(?:t|ed) (?:our|the|this|that|a) (?:\w+ )?lesson|!\bno \w+ without (?:a|an|two|the)\b|(?:^|[.!;] ?)(?:since|starting|beginning|as of|from) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|this (?:week|morning|month)|last (?:week|month)|january|february|march|april|may|june|july|august|september|october|november|december|\d)\b[^.!?]{0,20}? (?:a|an|one|two|each|every|all|no|our|the|we|somebody|someone)\b",
        r"<WE>(?:'re| are|'ll| will|'ve| have)? ?(?:put|putting|plac(?:e|ed|ing)|station(?:ed|ing)|post(?:ed|ing)|giv(?:e|en|ing)) (?:a |an |two |one |another )?(?:second|extra|additional|more|third|another|two|permanent) (?:\w+ ){1,3}(?:on|at|in|to|behind) (?:each|every|all)\b|\b(?:an?|one|two|some(?:one|body)) ?(?:\w+ )?(?:human|person|editors?|nurses?|doctors?|engineers?|lawyers?|readers?|managers?|pharmacists?|supervisors?|colleagues?|people|pairs? of eyes|signatures?|native speakers?)(?: \w+)? (?:\w+ ){0,2}?(?:each|every|all|twice|before)\b|\b(?:tool|form|button|feature|program|campaign|account|practice|policy|routine|shortcut|script) (?:is|has been) (?:now )?(?:off|gone|dead|closed|retired|scrapped|shut|ended|abolished|deleted|switched off)\b",
        r"!(?:\bnot|n't|\bnever) (?:\w+ )?let (?:it|this|that|anything like (?:it|this)) (?:ever )?(?:happen|occur|slip)\b|\b(?:will|must|shall|has to|have to|now)(?: all| each)? (?:\w+ ){0,2}?(?:retake|re-sit|resit|take|attend|pass|complete|undergo|do) (?:\w+ ){0,4}?(?:course|training|test|exam|class|workshop|module)s?\b|!\bnot see us (?:\w+ )?(?:do|make|repeat)\b",
        r"\b(?:is|are|will be|gets?|get) now (?:\w+ )?\w+(?:ed|en|wn|ght|pt)\b[^.!?]{0,40}\b(?:twice|by|before|daily|weekly|each|every|first|monthly)\b|\b(?:will|'ll|shall|must) (?:\w+ )?be \w+(?:ed|en|wn|ght)\b[^.!?]{0,30}\b(?:by|before|twice|weekly|daily|first|monthly|every|outside|independent\w*)\b",
        r"<WE>(?:'ll| will| shall) (?!post|give|make|have|share|publish|send you|write|say|tell|update|be back|report|speak|keep you|refund|reply|answer)\w+ (?:[\w']+ ){0,7}?(?:weekly|daily|monthly|every (?:time|single|week|month|day|post|\w+)|each (?:time|week|month|\w+)|before (?:\w+ing|we|any|it|they|anything|each|every)|twice|first)\b|\bnext time,? (?:we|someone|two|it)\b",
        r"\b(?:now|today) (?:\w+ )?(?:need|take|require|goes|go|pass|passes|carry|carries|wait|waits|run|runs|has|have|hold|holds|come|comes|sit|sits|get|gets)s? (?:\w+ ){0,4}?(?:two|second|three|both|extra|doctor|keys?|signatures?|readers?|checks?|approval|pairs?|eyes|colou?rs?|lock|alarm|before|through|past)\b|\bsecond pair of eyes\b|\b(?:ended|over|finished|gone|stopped|scrapped|banned|closed) for good\b",
        r"!\b(?:won't|will not|will never|never|not|must not|mustn't|cannot|can't|doesn't|does not|don't|shall not|shan't|no(?:t)? ever) (?:ever )?(?:\w+ )?(?:happen|recur|repeat|reoccur|occur|be repeated|come back|see (?:this|it))(?:s|ed)?\b",
        r"!\bnever again\b|\bnever (?:\w+ ){1,8}again\b|\bnot (?:\w+ ){1,8}again\b|\bthe last time\b|\bno more \w+ing\b",
        r"!\b(?:so that|so|to (?:make sure|ensure|prevent|stop|avoid|guarantee)|making sure|ensure|prevent)\b[^.!?]{0,60}\b(?:again|recur\w*|repeat\w*|in (?:the )?future|twice|a second time)\b",
        r"!\b(?:from (?:now on|today(?: on)?|this (?:day|week|month)|tomorrow|(?:next )?(?:monday|tuesday|wednesday|thursday|friday|january|february|march|april|may|june|july|august|september|october|november|december)|here on)|henceforth|as of (?:today|now|this))\b(?=[^.!?]{8,})",
        r"!\b(?:going forward|in future|in the future|moving forward),? (?:we|our|every|all|two|each) [^.!?]{0,40}\b(?:will|'ll|must|now|shall)\b|!\bin (?:the )?future,? (?:we|every|each|all|no|two|our)\b|\bno longer\b(?<=\bwe no longer)|\b(?:we|which|that|it) no longer\b|\bwill no longer\b",
        r"<WE>(?:'ll| will| can| must| are going to|'re going to) <ADV>do (?:much |far )?better\b|\bwill be better\b",
        r"<WE>(?:'ve| have|'re| are| will|'ll)?(?: now| since| also| already| therefore| just)* ?(?:changed|changing|change|introduced|introducing|introduce|add(?:ed|ing)(?! an? (?:free|gift|bonus|discount|\w+ free))|hired|hiring|hire|switched|set up|put in place|trained|training|train|retrained|tightened|rewritten|rewriting|appointed|stopped (?:\w+ing|the|all)|ended (?:the|our|this|all)|ending|banned|doubled|scrapped the (?:rule|policy|process|practice)|overhauled|overhauling|rebuilt|rebuilding|reviewing how|redesigned|moved to|installed|adopted|made it (?:a rule|impossible)|brought in|improved|strengthened)\b",
        r"\b(?:two|three|second|every|each|another|a|an|our|all)(?: \w+){0,3} now (?:\w+ )?(?:sign|check|review|test|read|approve|refuse|verif|need|require|watch|alert|stop|lock|proof|go|ha|block|pass|approv|look|double|must|get)\w*\b|\b(?:now|also) (?:\w+ )?(?:signs?|checks?|reviews?|tests?|reads?|approves?|refuses?|verif\w+|requires?|needs?|blocks?|alerts?|double-checks?|stops?|locks?)\b",
        r"\b(?:will|shall|must|'ll) (?:\w+ )?(?:be )?(?:sign|check|review|test|read|approve|train|verif|inspect|audit|proof|double-check)\w* (?:\w+ ){0,4}?(?:before|every|each|by|twice|from|first|all)\b",
        r"\b(?:a|an|new|second|outside|independent|further|better|more|extra|mandatory) (?:\w+ ){0,2}?(?:training|course|review board|second reader|double check|checks?|safeguards?|rules?|procedures?|controls?|alarms?|approval|sign-off|policy)\b[^.!?]{0,40}\b(?:start|begin|in place|from|in force|now|next|for (?:all|every)|will|applies|is|are)\w*",
        r"!\bwill not (?:\w+ ){1,6}(?:anymore|any more|without)\b|\bnever (?:\w+ ){1,9}without\b|!\bno \w+ (?:leaves|goes|ships|is (?:sent|published|printed)) [^.!?]{0,30}without\b",
        r"!\bno \w+ (?:leaves|goes|ships|will (?:leave|go|ship)|is (?:sent|published|printed))[^.!?]{0,30}\bwithout\b|\bwe don't [\w ]{3,30} any ?more\b",
    ),
    repair=t(
        r"\b(?:every|each|all)(?: of the| the)? [\w ]{1,30}? (?:was|were|has been|have been|is being|are being) (?:driven|taken|brought|flown|walked|helped|treated|paid|put up|seen|given|reached|moved|rescued|fed|found|returned)\b",
        r"\byou(?:'ll| will)? (?:find|get|have|see|receive) (?:the |your |all |it |every )?(?:\w+ ){0,2}?(?:hours|money|amount|difference|sum|fare|fee|payment|parcels?|luggage|bags?|seats?|replacements?|deposit|wages) (?:\w+ )?(?:back|in|on|by|with|at)\b|\b(?:had|got|have|get|gets|has|received) (?:the|their|your|every|all) (?:\w+ )?(?:difference|money|fare|fee|cent|penny|deposit|pay|wages|bags?|luggage) back\b|\b(?:an? |our |the )(?:\w+ )?(?:technician|engineer|plumber|electrician|driver|courier|doctor|nurse|team|crew|van|counsellor|bus|taxi) (?:is|will be|comes|arrives|is coming|will come) (?:\w+ )?(?:at your|to your|with you|on (?:its|the|their) way|round|by|today|tomorrow|outside|to)\b",
        r"\b(?:tickets?|passes|seats?|vouchers?|licen[cs]es?|warrant\w+|cards?) (?:\w+ ){0,4}?(?:is|are|remain|stay|will be) (?:\w+ )?(?:valid|honoured|extended|good)\b|<WE>(?:'re| are|'ve| have|'ll| will)? ?(?:restor(?:ed|ing|e)|withdraw(?:n|ing)?|withdrew|drop(?:ped|ping)? (?:the|our|all) (?:charges|case|lawsuit|claim|complaint|fee)|return(?:ed|ing)?|reopen(?:ed|ing)?|put (?:the|your|his|her|their|every|it|them) [\w' ]{1,30}?back|honour(?:ed|ing)?|clear(?:ed|ing)? (?:your|the|all|every|his|her)|cancell?(?:ed|ing)? (?:the|all|every|your) (?:fee|fine|debt|bill|charge|penalt)\w*)\b",
        r"\btake?n? [\w ]{1,25} (?:offline|down|off the)\b|<WE>(?:'re| are|'ve| have|'ll| will)? ?(?:sending|sent|send) (?:an? |the |our |two )?(?:\w+ ){1,3}to (?:each|every|your|all|the)\b|\b(?:seats?|rooms?|beds?|tickets?|replacements?|parcels?|copies|cots?|cars?) (?:is|are) (?:waiting|ready|booked|reserved|held)\b",
        r"\b(?:bills?|fees?|fines?|charges?|debts?|contracts?|invoices?|increases?|penalt\w+|recordings?|lists?|files?|copies|posts?|rule|clause|data)\b[^.,;!?]{0,30}? (?:is|are|has been|have been|will be) (?:now |already |all )?(?:cancelled|canceled|wiped|dropped|written off|torn up|deleted|destroyed|erased|void|withdrawn|waived|cut)\b|\b(?:it's|it is|they're|they are|that's|is|are|'s) (?:now |already |all )?gone(?: (?:now|for good))?(?=[.,;!]|$)|\bgo(?:es|ing)? back (?:up|in|on|to (?:its|their|your|the))\b",
        r"\b(?:right|correct|corrected|amended|true|proper|revised) \w+(?: \w+)? (?:is|are|has been|have been|will be|goes?|went) (?:now |already )?(?:online|up|out|in place|sent|published|printed|posted|there|available|live)\b|\b(?:water|meals?|food|blankets|beds?|taxis?|buses|shelter|doctors?|nurses?|counsell\w+|help) (?:\w+ ){0,2}?(?:is|are|waits?|stands?|will be) (?:waiting |ready |now )?(?:at (?:every|each|all|your)|in (?:every|each|all)|ready|there|waiting|provided|handed|paid)\b",
        r"\b(?:is|are) (?:already |now )?(?:on (?:its|their|the) way (?:back|to you|home)|coming back|coming home|being (?:refunded|repaid|replaced|removed|repaired|fixed|restored|rebuilt|reprinted|corrected|taken (?:down|off)|pulled|returned|collected|cleaned|withdrawn|rehoused|contacted|called|treated))\b|\boff the (?:shelves|shelf|menu|air|walls?|site|market|streets?|market)\b",
        r"\b(?:water|power|heat\w*|lights?|service|trains?|buses|lifts?|site|app|network|phones?|line|lines|payments?|shop|store|pool|gas|electricity|systems?) (?:\w+ )?(?:is|are|runs?|flows?|works?|has been|have been|was|were|will be|will|comes?) (?:now |all |run |be )?(?:back|again|on again|restored|running|reopened|flowing|working|open again|up)\b|\b(?:reopened|re-opened|reconnected|switched back on|reinstated|put back|given back|bought back|swapped|exchang\w+)\b(?! again)",
        r"\b(?:you|nobody|no one|none of you) (?:will |'ll |won't |pays? |will not |needn't |need not |owe |owes )?(?:pay|be charged|owe|pays?|be billed)(?: a| us)? ?(?:nothing|a (?:cent|penny)|for (?:it|this|that))?\b|\b(?:you|they) (?:pay|owe) nothing\b|!\b(?:won't|will not) (?:be charged|pay|have to pay|be billed)\b",
        r"<WE>(?:'re| are|'ll| will|'ve| have|'d)?(?: now| also| already| gladly| happily)* ?(?:send(?:ing)?|sent|deliver(?:ed|ing)?|collect(?:ed|ing)?|return(?:ed|ing)?|rehous\w+|treat(?:ing)?|mail(?:ed|ing)?|issu(?:ed?|ing)|swap(?:ped|ping)?|exchang\w+|buy(?:ing)?|bought|giv(?:e|ing)|gave|given|publish(?:ed|ing)?|print(?:ed|ing)?) (?:you |them |each |every |everyone |back |all |the families )*(?:an? |the |your |their |its )?(?:new|right|correct\w*|replacements?|proper|real|back|money|missing|full|correction|amended|true|fresh)\b",
        r"\b(?:right|correct|corrected|true|real|proper|new) (?:\w+ ){0,2}?(?:figures?|prices?|texts?|versions?|numbers?|dates?|labels?|menus?|names?|stones?|results?|file|files|letters?|bills?|map|maps|list) (?:is|are|has been|have been|will be|goes|go) (?:now |already )?(?:online|up|out|in|on|sent|published|printed|posted|there|being)\b",
        r"\brefund\w*\b(?! polic)|\b(?:your |the |all )?money (?:is |will be |goes |comes )?(?:already )?back\b|\breimburs\w+|\b(?:pay|paid|paying|give|giving|gave|giv\w+) (?:\w+ ){0,4}?back\b",
        r"\bback (?:on|in|to) (?:your|the|every|each|their) (?:\w+ )?(?:cards?|accounts?|wallets?|pockets?|balance)\b|\bon (?:its|their|the) way (?:back )?(?:to you)?\b(?<=way)|\b(?:is|are) on (?:its|their) way\b",
        r"<WE>(?:'re| are|'ve| have| will|'ll)?(?: now| already| also)* ?recall(?:ed|ing|s)?\b|\brecalled\b|\b(?:has|have|is|are) being recalled\b",
        r"\breplac(?:e|ing|ements?)\b(?! the (?:manager|director|agency|supplier))|\b(?!(?:manager|director|editor|ceo|chief|head|coach|agency|supplier|chair\w*|president|team|has|have|is|are|was|were|been|being|will|be|already|all|now|not|never|had)\b)\w+ (?:(?:has|have|is|are|was|were|been|being|will|be|already|all|now) )+replaced\b|\breplaced (?:the|every|each|all|your|it|them|both)\b(?! (?:manager|director|editor|ceo|head|coach|agency|supplier))",
        r"\b(?:is|are|was|were|been|being|be|we|'ve|have|already|now|since|and|i|get|got)(?: now| already| since| all| also| been| just| promptly| immediately)*"
        r" (?:removed|taken (?:it |them |the \w+ |that \w+ )?(?:down|off|out)|took (?:it|them|the \w+|that \w+) (?:down|off)|pulled|withdrawn|withdrew|deleted|corrected|fixed|fixing|restored|restoring|repaired|repairing|reversed|reversing|"
        r"cancelled (?:the|your|all|every) (?:fee|charge|fine|bill|increase)\w*|reinstated|rebooked|rebooking|reprinted|reprinting|resent|re-sent|waived|lifted|returned|repainted|cleaned up|torn down|scrapped|closed the (?:hole|leak|gap)|patched|stopped the \w+|unblocked|credited|re-credited|compensat\w+|paid|rehoused|rerouted|put (?:it |this |things |that )?right|rehired|made good|undone|erased)\b",
        r"\b(?:fees?|fines?|charges?|increase|surcharge|hole|leak|breach|contract clause)\w* (?:is|are|was|were|has been|have been) (?:now )?(?:scrapped|gone|dropped|waived|closed|cancelled|sealed|fixed|lifted)\b",
        r"\b(?:coming|come|comes|came) (?:off|down)\b|\b(?:post|ad|poster|video|page|tweet|picture|sign|banner|campaign|spot|article|product|listing)s? (?:is|are) (?:now |already )?(?:down|gone|offline|off)\b|\bare off (?:the|our|sale)\b|\bis off (?:the|our|sale)\b",
        r"\b(?:is|are|was|were|up|it's|everything's|everyone is) (?:now |all |fully |already )?(?:back(?: up| online| in service| to normal| on| at| for)?|up again|up and running|working again|running again|open again|online again|restored|up)\b(?! to)(?! us)",
        r"\bworks? again\b|\b(?:up|running|working|online) again\b|\b(?:is|are|'s|'re|now) (?:back )?open again\b|\bservice (?:has )?(?:returned|resumed|is back)\b|\btrains? (?:are )?run(?:ning)? again\b",
        r"\b(?:in the (?:post|mail)|ships? (?:out )?(?:today|tomorrow|on|this|tonight)|leaves? (?:us |here )?(?:today|tomorrow|tonight|on)|(?:go|goes|going) out (?:today|tomorrow|tonight|on)|on the tables?|re-?deliver\w*|arrives? (?:today|tomorrow))\b",
        r"\bcompensat\w+\b(?! package for our)|\b(?:make|making|made) (?:it|this|that|things|you|them|up for|every\w*) (?:\w+ )?(?:good|right|whole|up to)\b|\b(?:put|putting|set|setting) (?:it|this|that|things|matters) right\b|\brepairing\b|\b(?:we|will|to|we'll|shall) repair\b|\brepairs (?:are|have|begin|began|start|started|will)\b",
        r"<WE>(?:'re| are|'ll| will|'ve| have| shall)?(?: now| also| gladly)* ?(?:pay(?:ing)?|cover(?:ing)?|paid|covered|bear(?:ing)?|foot(?:ing)?|fund(?:ing)?|settl(?:e|ing))(?: for)? (?!attention|close|tribute)(?:\w+)",
        r"\b(?:costs?|bills?|hotels?|fares?|fees?|fines?) (?:(?:is|are|was|were|will be|has been|have been) )?(?:all )?(?:paid|covered|met|refunded)\b|\b(?:hotels?|taxis?|repairs?) (?:is|are|will be) on us\b",
        r"<WE>(?:'re| are|'ll| will|'ve| have| shall)?(?: now| also| already| been| personally)* ?(?:contact(?:ed|ing)?|call(?:ed|ing)?|writ(?:e|ten|ing) to|phon(?:e|ed|ing)|visit(?:ed|ing)?|r(?:ing|ung|inging)|notif(?:y|ied|ying)|reach(?:ed|ing) out to|warn(?:ed|ing)?|help(?:ed|ing)?|meet(?:ing)? with|met(?: with)?|support(?:ed|ing)?) (?:all|each|every\w*|the|those|them|both|anyone|affected|you\b|one by one|families|our (?:guests|customers|passengers)|whoever)",
        r"\b(?:each|every one|everyone|all) of you (?:gets?|will get|receives?|will receive|is getting) (?:a call|a letter|your|a new|an answer|a replacement)\b|\b(?:everyone|everybody|every \w+|all \w+|passengers|customers|guests|you) (?:has|have|had|will have|'ve)? ?(?:been )?(?:rebooked|refunded|paid|reseated|rehoused|contacted|repaid|credited|called)\b",
        r"\b(?:credit|identity|account) monitoring\b|\bwe (?:will |'ll )?(?:fix|repair|restore|correct|undo|reverse|remove|replace|return|rebuild|clean up|take (?:it|the \w+) down|settle)\b|\bwe(?:'re| are) (?:fixing|repairing|restoring|correcting|undoing|reversing|removing|taking (?:it|the [\w ]{2,20}) down|returning|rebuilding|cleaning up)\b",
        r"\bnew (?:\w+ ){1,3}(?:are|is|will be|ship|leave|go|arrive)\w* (?:already )?(?:in|on|out|today|tomorrow|ready|sent|being|at)\b|\bdebts? (?:is|are) (?:cancelled|written off)\b|\b(?:bills?|balance) (?:will be|is|are) (?:corrected|adjusted|credited|reduced)\b|\boff your (?:next )?(?:bill|invoice)\b",
    ),
)
