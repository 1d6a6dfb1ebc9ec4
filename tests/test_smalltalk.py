"""Small talk is answered without a search; the default is to search."""

from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path

import pytest

from chat.phrases import read_lists, read_phrase
from chat.render import SMALL_TALK as REPLIES
from chat.smalltalk import LONGEST, SMALL_TALK, small_talk

CORPUS = Path(__file__).parent.parent / "corpus"
FILE = tomllib.loads(SMALL_TALK.read_text(encoding="utf-8"))

TALK = {
    "greeting": [
        "hi",
        "Hello",
        "hey there",
        "helo",
        "Hiii there!",
        "heyyyy",
        "good morning",
        "good mornin",
        "Good evening!",
        "hello magpie",
        "hi doc",
        "yo",
        "howdy",
        "hola",
        "how are you?",
        "hows it going",
        "what's up",
        "sup",
        "anyone there?",
        "hello? anyone there",
        "hi how are you doing today",
        "test",
        "testing 1 2 3",
        "nice to meet you",
        "is anyone there",
        "hi everyone",
        "hello again",
        "hey bot",
        "namaste",
        "hello hello",
        "hi hi",
        "gm",
        "good day",
        "hellooooo",
        "HELLO!!!",
        "hi 👋",
        "hiya mate",
        "morning!",
        "happy new year",
        "can you hear me?",
        "its me again",
    ],
    "thanks": [
        "thanks",
        "thank you so much",
        "thx",
        "thx so mcuh",
        "ty!!",
        "tysm",
        "thank u",
        "thanks a lot!",
        "cheers",
        "great, thanks",
        "ok thank you",
        "perfect thank you very much",
        "that was very helpful",
        "that's great",
        "ok",
        "okay",
        "kk",
        "got it",
        "i see",
        "understood",
        "cool",
        "nice one",
        "lol",
        "haha",
        "no thanks",
        "no thank you",
        "never mind",
        "nvm",
        "oops wrong chat",
        "sorry, wrong window",
        "wrong number",
        "oops sorry wrong chat",
        "god bless you",
        "much appreciated",
        "i appreciate it",
        "thank you for your help",
        "thanks for the info",
        "thanks for that",
        "thank you for answering",
        "makes sense",
        "good to know",
        "alright",
        "fine",
        "all good",
        "wow thanks",
        "thanks again",
        "tahnks",
        "thnks",
        "thanx",
        "ok great thanks",
        "you are the best",
        "awesome!",
        "good bot",
        "very helpful thanks",
        "oops",
        "that helps, thanks",
        "thank you, you've been very helpful",
        "ok cool",
        "merci",
        "danke",
        "sure",
        "thank you doctor",
        "ok thx",
        "brilliant thanks so much",
        "thankyou",
        "thanks!! 🙏",
        "no worries",
        "oops, sent this to the wrong person",
        "sorry that was for someone else",
        "aww thanks",
    ],
    "bye": [
        "bye",
        "goodbye",
        "bye bye",
        "good night",
        "see you",
        "see ya later",
        "c u latr",
        "cya",
        "take care",
        "thanks bye",
        "ok bye",
        "bye then",
        "thanks, bye!",
        "have a nice day",
        "thank you have a great day",
        "gotta go",
        "i have to go",
        "that's all",
        "that is all for today",
        "no more questions",
        "talk to you later",
        "i'm done",
        "off to bed",
        "goodnight",
        "see you tomorrow",
        "ttyl",
        "farewell",
        "thats all thanks",
        "thank you, goodbye",
        "byeee",
        "later",
        "good bye and thank you",
        "nothing else, thanks",
    ],
    "identity": [
        "who are you",
        "who are you?",
        "what are you",
        "what is this",
        "are you a robot",
        "are you human?",
        "are you a doctor?",
        "are you a real person",
        "are you a bot or a human",
        "are you chatgpt",
        "what can you do",
        "what do you do?",
        "how do you work",
        "what's your name",
        "who made you",
        "help",
        "help me",
        "help please",
        "can you help me?",
        "can you help me please",
        "hi can you help me",
        "i have a question",
        "can i ask you something",
        "what can i ask",
        "am i talking to a robot",
        "is this a real person?",
        "hi, who are you?",
        "hello can i ask a question",
        "tell me about yourself",
        "wat r u",
        "r u a bot",
        "who am i talking to",
        "are you ai",
        "are you real",
        "hey are you a human",
    ],
    "empty": [
        "",
        "   ",
        "???",
        "...",
        "!",
        "👋",
        "🙏🙏",
        "-- --",
    ],
}

QUESTIONS = [
    "thanks, and for cramps?",
    "ok and then?",
    "ok and then",
    "hi what foods have magnesium",
    "hello, does magnesium help",
    "help with cramps",
    "help me sleep",
    "can you help me with migraine",
    "thanks but what about dosage",
    "ok?",
    "really?",
    "right?",
    "why",
    "why?",
    "how",
    "what",
    "more",
    "tell me more",
    "go on",
    "and for children?",
    "yes",
    "no",
    "yes please",
    "how does it work",
    "does it work",
    "is it good",
    "is it helpful",
    "what is this supplement",
    "what is magnesium",
    "magnesium",
    "good for migraine",
    "good sleep",
    "morning headaches",
    "night cramps",
    "evening dose",
    "thank you for nothing, what about pain",
    "who wrote this",
    "who is the author",
    "are you sure",
    "are you sure?",
    "is that all?",
    "that's all?",
    "who is Dean Smith",
    "bye bye migraine, how",
    "good bye to pain",
    "nice what about sleep",
    "great but how much",
    "test for magnesium deficiency",
    "magnesium test",
    "is there a test",
    "blood test",
    "how are you supposed to take it",
    "how are magnesium levels tested",
    "what can you take with magnesium",
    "what do you recommend",
    "can i ask my doctor",
    "can i take it",
    "i have a headache",
    "i have to take it daily",
    "hi i have a migraine",
    "later in the day",
    "take care of migraine",
    "take with food",
    "how long",
    "when",
    "cool down after exercise",
    "fine motor skills",
    "sorry what",
    "sorry I meant fibromyalgia",
    "no I meant cramps",
    "right side headache",
    "welcome to pain",
    "что такое магний",
    "привет",
    "你好",
    "مرحبا",
    "ok google what is magnesium",
    "see a doctor?",
    "i see spots",
    "i see stars with migraine",
    "do you have anything on sleep",
    "all over pain",
    "how do you know",
    "what are you talking about",
    "what are the sources",
    "are you saying it helps",
    "never mind the dose, what about time",
    "no worries about side effects?",
    "who are the authors",
    "42",
    "400 mg",
    "is this safe",
    "this is for my mum",
    "what is it for",
    "what about bye weeks",
    "test it",
    "knock knee pain",
    "happy new year resolutions magnesium",
    "who is this article for",
    "night",
    "thanks to magnesium I sleep",
    "great pain",
    "i love magnesium",
    "perfect dose",
    "the right dose",
    "right dose",
    "i got it from my doctor",
    "i got a migraine",
    "is the doctor real",
    "is he a doctor",
    "a doctor",
    "is she real",
]


@pytest.mark.parametrize(("kind", "message"), [(kind, message) for kind, messages in TALK.items() for message in messages])
def test_small_talk_is_known_by_its_kind(kind: str, message: str) -> None:
    assert small_talk(message) == kind


@pytest.mark.parametrize("question", QUESTIONS)
def test_whatever_may_be_a_question_is_searched(question: str) -> None:
    assert small_talk(question) is None


@pytest.mark.parametrize("message", [message for kind in ("greeting", "thanks", "bye", "identity") for message in TALK[kind]])
@pytest.mark.parametrize("content", ["cramps", "and magnesium", "fibromyalgia dose"])
def test_one_word_of_content_makes_it_a_question(message: str, content: str) -> None:
    assert small_talk(f"{message} {content}") is None
    assert small_talk(f"{content}, {message}") is None


def test_no_question_that_is_anticipated_is_small_talk() -> None:
    questions = [question for line in (CORPUS / "questions.jsonl").read_text(encoding="utf-8").splitlines() for question in json.loads(line)["questions"]]
    questions += [json.loads(line)["question"] for line in (CORPUS / "unanswered.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(questions) > 5000
    assert [question for question in questions if small_talk(question)] == []


def test_case_accents_and_punctuation_do_not_matter() -> None:
    assert small_talk("  ¡HÉLLO!!! … ") == "greeting"


def test_a_long_message_is_searched_whatever_it_says() -> None:
    hello = "hello " * 100
    assert small_talk(hello[: LONGEST - LONGEST % 6]) == "greeting"
    assert small_talk(hello[: LONGEST + 6]) is None


def test_every_kind_has_a_reply() -> None:
    assert set(FILE["talk"]) | {"empty"} <= set(REPLIES)


@pytest.mark.parametrize("kind", list(FILE["talk"]))
def test_every_phrase_of_the_file_is_small_talk_by_itself(kind: str) -> None:
    lists = read_lists(FILE["words"])
    source = random.Random(1)
    for line in FILE["talk"][kind]:
        (chain,) = read_phrase(line, lists).chains
        message = " ".join(" ".join(source.choice(part.choices.rows)) for part in chain.parts)
        assert small_talk(message) is not None, message
