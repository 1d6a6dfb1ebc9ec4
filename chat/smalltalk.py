"""Greetings, thanks and the like, which are answered without a search. The default is to search."""

from __future__ import annotations

import re

from indexer.lexical import fold

_FILLER = r"(?:there|again|all|is anyone there|everyone|everybody|magpie|bot|chatbot|friend|mate|dear|doc|doctor|so much|so \w{3,5}|very much|lol|good night|a lot|for (?:the|your|that|this) (?:help|info|information|answer|answers|reply)|for (?:that|this|helping)|you|then|now|ok|okay|great|good|nice|really|that(?:'?s| is)?|it|is|was|helpful|useful|today|have a (?:nice|good|great) (?:day|evening|night|one|weekend)|cheers|thanks|thank you|bye|and|very|much|to meet|me|in|the|appreciate|appreciated)"
_PATTERNS = {
    "greeting": r"(?:h+i+|h+e+l+o+|hell?o+|hel+o|hey+|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|mornin[g']?|evening|hallo|hola|bonjour|salut|ciao|namaste|sup|what'?s up|wassup|how are (?:you|u)(?: doing)?|how(?:'s| is) it going|how do you do|nice to meet you|anyone there|anybody there|are you there|test|testing)",
    "thanks": r"(?:thanks?|thank (?:you|u)|thx+|tha?nk?s+|oops.{0,30}|sorry(?: wrong (?:chat|window|number|person))?|wrong (?:chat|window|number|person)|god bless.{0,30}|bless you|thnx|thankyou|ty|tysm|cheers|much appreciated|i appreciate (?:it|that)|appreciated|danke|gracias|merci|great|perfect|brilliant|awesome|excellent|cool|nice|nice one|lovely|wonderful|good bot|good to know|that(?:'s| is| was) (?:really |very |so )?(?:helpful|useful|great|good|all|clear|interesting|kind)|very helpful|helpful|got it|i see|understood|makes sense|ok(?:ay|i|ey)?|kk?|alright|all right|fine|good|sure|no worries|right|wow|interesting|lol|haha+)",
    "bye": r"(?:bye+|bye[- ]bye|good ?bye|goodnight|good night|(?:see|c) (?:you|ya|u)(?: la?te?r| soon| tomorrow| l8r)?|(?:i'?m )?off to (?:bed|sleep|work)|time for bed|cya|later|take care|farewell|that(?:'s| is) all(?: for (?:today|now))?|i(?:'m| am) done|no more questions|nothing else|ttyl|gotta go|i have to go|talk (?:to you )?later|have a (?:nice|good|great) (?:day|evening|night|one|weekend))",
    "identity": r"(?:(?:who|what) (?:are|r) (?:you|u)|who(?:'s| is) this|what(?:'s| is) your name|what (?:can|do) you do|what is this|what are you for|how (?:do|does) (?:you|this)(?: thing| bot| chat)? work|are you (?:a |an )?(?:human|robot|bot|real|doctor|ai|person|real person|real doctor|machine|chatgpt)(?: or (?:a |an )?\w+)?|can you help(?: me)?(?: please)?|help(?: me)?(?: please)?|i have a question|can i ask (?:you )?(?:something|a question)|what can i ask(?: you)?|who (?:made|built|created) (?:you|this)|are you (?:a )?real)",
}
PATTERNS = {kind: re.compile(rf"(?:(?:oh|ok|okay|ah|well|so|um+|no|yes|yeah|and|please|sorry),? )*(?:{pattern})(?:[ ,]+{_FILLER})*", re.IGNORECASE) for kind, pattern in _PATTERNS.items()}
LONGEST = 80  # code points; whoever writes more has something to ask


def small_talk(question: str) -> str | None:
    """greeting, thanks, bye, identity or empty; None for anything that may be a question.

    >>> small_talk("Hiii there!"), small_talk("thanks, and for cramps?")
    ('greeting', None)
    """
    if len(question) > LONGEST:
        return None
    text = " ".join(re.sub(r"[^\w\s',]", " ", fold(question)).replace(",", " ").split())
    if not text:
        return "empty"
    if question.rstrip().endswith("?") and PATTERNS["thanks"].fullmatch(text):  # "ok and then?" asks on
        return None
    return next((kind for kind, pattern in PATTERNS.items() if pattern.fullmatch(text)), None)
