"""The web chat: the conversation on one side, the source on the other. The only file that imports gradio."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported: nothing leaves the machine

import gradio as gr

from chat.answer import Answerer
from chat.disclaimer import DISCLAIMER
from chat.guard import LONGEST_HISTORY, LONGEST_QUESTION, clean
from chat.markup import answer_html, article_html, asked_html, parse_reference, sources_html
from indexer.errors import MagpieError
from indexer.index import Index
from indexer.records import Span

HERE = Path(__file__).parent
TITLE = "Magpie"

FONTS = ["system-ui", "sans-serif"]
THEME = gr.themes.Base(primary_hue=gr.themes.colors.teal, neutral_hue=gr.themes.colors.slate, font=FONTS, font_mono=["ui-monospace", "monospace"])
Messages = list[dict[str, str]]


def build_page(answerer: Answerer) -> gr.Blocks:
    """The page over an answerer. Keeps nothing on the server but the open page's own conversation."""
    index = answerer.index
    starters = [question.text for question in index.questions if question.starter]

    def ask(question: str, messages: Messages, questions: list[str]) -> tuple[str, Messages, list[str], str]:
        asked = clean(question)
        answer = answerer.answer(asked, questions)
        messages = [*messages, {"role": "user", "content": asked_html(asked)}, {"role": "assistant", "content": answer_html(answer, index)}]
        panel = sources_html(index)
        if answer.citations:
            first = answer.citations[0]
            spans = [citation.span for citation in answer.citations if citation.document_id == first.document_id]
            panel = article_html(index, (first.document_id, first.span), spans)
        return "", messages, [*questions, asked][-LONGEST_HISTORY:], panel

    def ask_starter(messages: Messages, questions: list[str], event: gr.SelectData) -> tuple[str, Messages, list[str], str]:
        return ask(event.value["text"], messages, questions)

    def open_source(wanted: str) -> str:
        return _panel(index, wanted)

    def open_address(request: gr.Request) -> str:
        source, span = request.query_params.get("source", ""), request.query_params.get("span", "")
        document = index.documents.get(source)
        if document is None:
            return sources_html(index)
        return _panel(index, json.dumps({"chosen": f"{source}:{span or f'0-{len(document.text)}'}"}))

    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        questions = gr.State([])
        with gr.Row(elem_id="columns", equal_height=True):
            with gr.Column(elem_id="conversation"):
                gr.HTML(f"<header><h1>{TITLE}</h1><p>Answers only in the sources’ own words</p></header>", elem_id="masthead")
                chat = gr.Chatbot(
                    elem_id="chat",
                    show_label=False,
                    label="Conversation",
                    layout="panel",
                    height="100%",
                    buttons=[],
                    autoscroll=False,
                    latex_delimiters=[],
                    placeholder="Ask about magnesium and pain, in your own words.",
                    examples=[{"text": starter} for starter in starters],
                )
                question = gr.Textbox(
                    elem_id="question",
                    label="Your question",
                    show_label=False,
                    placeholder="Type your question",
                    max_length=LONGEST_QUESTION,
                    lines=1,
                    max_lines=6,
                    autofocus=True,
                    submit_btn=True,
                    html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocapitalize="sentences"),
                )
                gr.HTML(f"<p>{DISCLAIMER}</p>", elem_id="disclaimer")
            with gr.Column(elem_id="source"):
                close = gr.Button("Close source", elem_id="close-source", size="sm")
                panel = gr.HTML(sources_html(index), elem_id="panel")
        wanted = gr.Textbox(elem_id="wanted", visible="hidden", label="Citation to open")

        answered = {"outputs": [question, chat, questions, panel], "show_progress": "hidden", "api_visibility": "private"}
        gr.on([question.submit], ask, [question, chat, questions], **answered)
        chat.example_select(ask_starter, [chat, questions], **answered)
        chat.clear(lambda: ([], sources_html(index)), outputs=[questions, panel], api_visibility="private")
        wanted.change(open_source, wanted, panel, show_progress="hidden", api_visibility="private", queue=False)
        close.click(fn=None, js="() => window.magpie.close()", api_visibility="private")
        page.load(open_address, outputs=panel, show_progress="hidden", api_visibility="private")
    return page


def _panel(index: Index, wanted: str) -> str:
    """The article of the chosen citation, from what the page sent; the list of sources for anything else."""
    try:
        request = json.loads(wanted)
        chosen = parse_reference(request["chosen"], index)
        cited = [parse_reference(place, index) for place in request.get("cited", [])[:16]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return sources_html(index)
    if chosen is None:
        return sources_html(index)
    spans: list[Span] = [place[1] for place in cited if place and place[0] == chosen[0]]
    return article_html(index, chosen, spans)


def serve(answerer: Answerer, host: str, port: int) -> int:
    """Serves the page until it is interrupted. Raises `MagpieError` when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise MagpieError(f"expected {host}:{port} to be free, found: {error.strerror}: name another with --port {port + 1}") from None
    page = build_page(answerer)
    page.queue(default_concurrency_limit=8, max_size=100)
    page.launch(
        server_name=host,
        server_port=port,
        share=False,
        quiet=True,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        state_session_capacity=200,
        max_file_size=1,
        theme=THEME,
        css_paths=HERE / "page.css",
        head=f"<script>{(HERE / 'page.js').read_text('utf-8')}</script>",
        prevent_thread_lock=True,
    )
    print(f"{TITLE} answers at http://{host}:{port} (stop with Ctrl-C)", flush=True)  # noqa: T201 - the address is what this command is for
    page.block_thread()
    return 0
