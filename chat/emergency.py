"""Red flags in a question: what must be said before any passage is shown. Patterns run in linear time.

A sign counts when somebody has it now, whoever it is; a question *about* it ("does magnesium help after a stroke?")
does not. The rules look at the question's words only, never at what the index would answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.lexical import fold

# One pattern per danger. `.{0,40}` bridges a few words; every pattern is searched once over at most 2,000 code points.
_SIGNS = {
    "self-harm": (
        r"kill(?:ing)? my ?self|suicid|end(?:ing)? (?:it all|my life|everything)|want(?:s|ed|ing)? to die|wanna die|don'?t want to (?:live|be here|wake up|exist|go on)|"
        r"(?:hurt|harm|cut|cutt|burn)(?:ing)? my ?(?:self|arms?|wrists?|legs?)|end(?:ing)? (?:it|things) (?:all |now|tonight|today|soon)|self[- ]?harm|better off (?:dead|without me|if i (?:was|were|am|died|wasn|weren|am not))|no (?:reason|point) (?:to|in|of) (?:live|living|going on|life)|"
        r"(?:can'?t|cannot|cant) go on(?: like this| any ?more|$)|take my (?:own )?life|(?:he|she|they|son|daughter|friend|husband|wife|brother|sister|mum|mom|dad) .{0,30}(?:kill (?:him|her|them)|wants to die|suicid)|(?:enough|bottle of|box of|all (?:my|the|these)) (?:\w+ )?(?:pills|tablets|magnesium|meds).{0,20}(?:to (?:die|end|kill)|(?:right )?(?:here )?(?:next to|beside|in front of) me|in my hand)|can'?t (?:do|take|bear|live with) (?:this|it) any ?more|tired of (?:living|being alive)|not want to live"
    ),
    "stroke": (
        r"(?:face|mouth|smile|eyelid) .{0,20}(?:droop|dropp|sagg|numb|crooked|lopsided|paraly)|droop(?:ing|y|ed)? .{0,20}(?:face|mouth)|"
        r"(?:slurr(?:ed|ing)?|slurring) .{0,20}(?:speech|words)|(?:speech|words|talking|speaking) .{0,25}(?:slurr|garbled|jumbled|gone funny)|"
        r"(?:can'?t|cannot|cant|unable to|trouble|struggling to|couldn'?t) (?:speak|talk|get (?:my|his|her) words|find (?:my|his|her) words|lift (?:my|his|her) (?:left |right )?arm|move (?:my|his|her|one) (?:left |right )?(?:arm|leg|side))|"
        r"(?:sudden(?:ly)?|one side|left side|right side|arm|leg).{0,30}(?:gone (?:numb|weak|dead|limp)|went (?:numb|weak|dead|limp)|paraly[sz]ed|is (?:numb|weak|limp) (?:and|now|since))|"
        r"hemiparesis|hemiplegia|facial (?:droop|palsy|weakness)|aphasia|sudden(?:ly)? .{0,20}(?:weakness|numbness|blind|loss of (?:vision|speech)|confus|lost (?:vision|sight|my sight))|having a stroke|(?:lost|losing) (?:the )?(?:vision|sight) in (?:one|my|his|her)"
    ),
    "heart": (
        r"(?:crushing|squeezing|tight(?:ness)?|heavy|heaviness|pressure|stabbing|severe|bad|terrible|awful|sudden|elephant|pain|pains|hurts?|burning) .{0,20}(?:in |on |across |of |round |around )?(?:my |his |her |the )?chest\b|"
        r"chest (?:is |feels? |has |really |so |very )*(?:pain|pains|tight|tightness|pressure|crushing|hurt|hurts|heavy|hurting)|having a heart ?attack|heart attack (?:right )?now|pain .{0,30}(?:left arm|jaw).{0,30}(?:sweat|chest|breath)|chest .{0,40}left arm|(?:collapsed|passed out|unconscious|not breathing|stopped breathing|no pulse)"
    ),
    "breathing": (
        r"(?:can'?t|cannot|cant|unable to|trouble|hard to|difficulty|struggl\w* (?:to|for)|fighting for) breath|breathing (?:is |has |gone |getting |so |very |really )*(?:slow|shallow|hard|difficult|fast|funny|weird)|(?:throat|tongue|lips?|face|mouth)\b.{0,25}(?:swell|swoll|closing|closed up|tight)|"
        r"(?:swelling|swollen|swelled) .{0,20}(?:throat|tongue|lips?|face)|anaphyla|gasping|turn(?:ing|ed) blue|lips .{0,12}blue|wheez.{0,40}(?:hives|rash)|(?:hives|rash).{0,40}(?:breath|wheez|swell)|breath.{0,40}(?:hives|rash)|short(?:ness)? of breath .{0,30}(?:now|sudden|chest|hives)"
    ),
    "overdose": (
        r"overdos|\bod(?:'?d| on|ed)\b|(?:took|taken|swallow(?:ed)?|ate|eaten|had|drank|drunk|given|gave|popped|downed|got into|necked)\b.{0,40}(?:whole|entire|full|all the|all of|half (?:a|the)|too many|way too|handful|loads of|lots of|tons of|bottle|packet|box|\b[2-9]\d (?:pills|tablets|capsules|tabs)|\b(?:twenty|thirty|forty|fifty|sixty|hundred) (?:\w+ )?(?:pills|tablets|capsules|tabs)|\d{4,} ?mg|\b\d{2,} (?:grams|g)\b)|"
        r"(?:child|toddler|baby|kid|son|daughter|dog|grandson|granddaughter|year old|month old).{0,40}(?:swallowed|ate|eaten|got into|drank|chewed|found eating)|poison(?:ed|ing)\b|too many (?:\w+ )?(?:pills|tablets|capsules)\b.{0,40}(?:feel|now|drowsy|dizzy|sick|help)"
    ),
    "headache": (
        r"worst (?:head ?ache|head pain|migraine|pain) .{0,20}(?:of|in|i have|i'?ve|ever|life)|worst (?:head ?ache|migraine) ever|thunder ?clap|(?:sudden(?:ly)?|explosive|exploding|out of nowhere|like a bomb|like being hit).{0,40}(?:head|headache|migraine)|(?:hit|kicked|struck|bang|explod\w*|burst\w*).{0,40}(?:head|skull).{0,40}(?:nowhere|sudden|never had|seconds)|exploded (?:with)?in (?:a |one |1 |under a )?(?:minute|second|few)|"
        r"(?:head ?ache|migraine|head).{0,40}(?:came on (?:suddenly|in seconds|instantly)|in (?:a few )?seconds|hit me like|exploded|like (?:an explosion|being hit|a bomb))|"
        r"(?:head ?ache|head pain|migraine|head).{0,60}(?:stiff neck|neck (?:is )?(?:so |very |really )?stiff|confus|high fever|fever and|rash that|after (?:a|the|my) (?:fall|head injury|accident|bang|crash|knock)|hit (?:my|his|her) head)|"
        r"(?:stiff neck|fever|hit (?:my|his|her) head|banged (?:my|his|her) head|fell and hit).{0,60}(?:headache|head ache|head|vomit|confus)"
    ),
    "seizure": (
        r"(?:having|had|has|having had|is in|in) (?:a |an |her |his |my )?(?:first |another |second |big )?(?:s(?:ei|ie|e)z\w{2,5}|fit|convuls\w+|fits)\b|(?:seizing|convulsing|fitting|shaking uncontrollably|jerking all over)|"
        r"(?:seizure|fit|convulsion)s? (?:right now|now|won'?t stop|(?:is |are )?(?:still )?going on|lasting|for (?:more than )?\d)|status epilepticus|(?:won'?t|can'?t|cannot|not|hard to|unable to) (?:wake up|be woken|wake (?:him|her|them)|responding|respond)|unresponsive|passed out|black(?:ed|ing) out|lost consciousness"
    ),
    "infant": (
        r"(?:baby|newborn|infant|month[- ]old|week[- ]old|days?[- ]old|\bmo old|neonate)\b.{0,60}(?:fever|limp|floppy|won'?t (?:feed|eat|drink|stop)|not (?:feeding|eating|drinking|waking)|stiff|fit|seiz|breath|blue|vomit|letharg|unresponsive|twitch|jerk|magnesium .{0,20}(?:swallow|gave|given|took))|"
        r"(?:floppy|limp|fever|not feeding|won'?t feed|unresponsive).{0,40}(?:baby|newborn|infant|month[- ]old|week[- ]old)"
    ),
    "pregnancy": (
        r"(?:pregnan\w*|\d+ ?(?:weeks?|wks?|months?)(?: along| gone| pregnant|\b)|trimester|expecting|gestation|postpartum|gave birth|gravid\w*).{0,120}(?:bleed|blood loss|vision|blurr|spots|flashing|seeing (?:stars|lights|spots)|swell|swoll|severe head|bad head|terrible head|worst head|pounding head|fit\b|seizure|not moving|stopped moving|isn'?t moving|hasn'?t moved|contractions|water(?:s)? (?:broke|broken)|blood pressure (?:is )?(?:very |so |really )?(?:high|\d)|upper (?:belly|tummy|abdom|right)|epigastric|ruq|pre-?eclampsia|\b1[4-9]\d ?(?:/|over))|"
        r"(?:bleeding|blurr\w+|severe headache|terrible headache|flashing lights|seeing spots|swollen (?:face|hands)|pre-?eclampsia).{0,80}(?:pregnan|weeks|trimester|expecting)"
    ),
}
SIGNS = {danger: re.compile(pattern) for danger, pattern in _SIGNS.items()}

# The sign is denied, long past, or asked about in general.
DENIED = re.compile(
    r"\b(?:no|not|never|without|don'?t have|doesn'?t have|didn'?t have|haven'?t|hasn'?t|isn'?t|wasn'?t|ruled out|free of)\b(?: \w+){0,3} ?$"
)
PAST = re.compile(
    r"\b(?:(?:years?|months?|weeks?|decades?) ago|last (?:year|month|summer|winter)|as a (?:child|kid|teen\w*)|in (?:19|20)\d\d|used to|when i was|history of|family history|recover(?:ed|ing)|since my|after (?:my|a|his|her) (?:stroke|heart attack|seizure)|survivor)\b"
)
GENERAL = re.compile(
    r"^(?:(?:so|and|but|ok|hi|hello|please|can you tell me|tell me|i want to know|i wonder|wondering)[, ]+)*"
    r"(?:(?:can|could|does|do|is|are|will|would|may|might|what|which|how|why|who|when|should)\b)(?!.{0,80}\b(?:i'?m|i am|i have|i'?ve|my|me|he'?s|she'?s|his|her|our|we|now|right now|just)\b)"
)


def red_flag(question: str, history: Sequence[str] = ()) -> str | None:
    """The danger that the question names, or None. A sign said in the turn before counts while the question goes on about it.

    >>> red_flag("my face is drooping on one side"), red_flag("can magnesium prevent a stroke?")
    ('stroke', None)
    """
    danger = _danger(question)
    if danger is None and history and len(question.split()) <= 8 and not question.strip().endswith("?"):
        return _danger(history[-1])
    return danger


def _danger(question: str) -> str | None:
    text = fold(question)
    for danger, pattern in SIGNS.items():
        for match in pattern.finditer(text):
            if DENIED.search(text[max(0, match.start() - 40) : match.start()]):
                continue
            if danger != "self-harm" and (PAST.search(text) or GENERAL.search(text)):
                continue
            return danger
    return None
