// The editor of the rules' page. It stands in for the text field of the form, which goes on to hold what is sent: without this
// script the page does the same job.
import { basicSetup } from "codemirror";
import { yaml } from "@codemirror/lang-yaml";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { indentWithTab } from "@codemirror/commands";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const field = document.querySelector("textarea[data-rules-editor]");

// How long a pause in typing is before the document is checked, in milliseconds.
const pause = 600;

// The colours are those of the page, light or dark.
const theme = EditorView.theme({
  "&": { backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: ".9375rem" },
  "&.cm-focused": { outline: "2px solid var(--focus)" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-2)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--tint)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--tint-2)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-panel.cm-search": { padding: ".5rem", paddingRight: "2.5rem", display: "flex", flexWrap: "wrap", gap: ".375rem", alignItems: "center" },
  ".cm-panel.cm-search br": { display: "none" },
  ".cm-panel.cm-search input, .cm-panel.cm-search label, .cm-panel.cm-search button": { margin: 0, fontSize: ".9375rem" },
  ".cm-panel.cm-search label": { display: "inline-flex", gap: ".375rem", alignItems: "center", fontWeight: "400" },
  ".cm-panel input.cm-textfield": { width: "14rem", maxWidth: "100%", minHeight: "2.25rem", padding: ".25rem .5rem", fontSize: ".9375rem" },
  ".cm-panel .cm-button": {
    minHeight: "2.25rem", padding: ".25rem .625rem", backgroundImage: "none", backgroundColor: "var(--surface)", color: "var(--ink)",
    border: "1px solid var(--edge)", borderRadius: "var(--radius-s)", fontWeight: "600",
  },
  ".cm-panel.cm-search [name=close]": { top: ".5rem", right: ".5rem", width: "2rem", height: "2rem", fontSize: "1.25rem", color: "var(--ink)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-2)" },
});
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--link)" },
  { tag: [tags.string, tags.content, tags.attributeValue], color: "var(--ink)" },
  { tag: tags.comment, color: "var(--ink-2)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.keyword], color: "var(--calm)" },
]);

if (field) {
  const form = field.form;
  const label = document.querySelector(`label[for="${field.id}"]`);
  let timer, running, last;

  const typed = () => {
    form.dataset.unsaved = "typed";
    clearTimeout(timer);
    timer = setTimeout(check, pause);
  };

  const view = new EditorView({
    state: EditorState.create({
      doc: field.value,
      extensions: [
        basicSetup, yaml(), theme, syntaxHighlighting(colours), lintGutter(), keymap.of([indentWithTab]),
        EditorView.cspNonce.of(field.dataset.nonce), EditorState.phrases.of(JSON.parse(field.dataset.phrases)),
        EditorView.contentAttributes.of({
          "aria-label": label.textContent, "aria-describedby": field.getAttribute("aria-describedby"), id: "rules-editor", tabindex: "0",
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          typed();
        }),
      ],
    }),
  });
  field.after(view.dom);
  field.hidden = true;
  label.removeAttribute("for");
  label.addEventListener("click", () => view.focus());

  // Whatever is sent is what stands in the editor.
  const store = () => { field.value = view.state.doc.toString(); };
  form.addEventListener("submit", store, true);
  for (const type of ["click", "keydown"]) form.addEventListener(type, store, true);
  form.elements.comment.addEventListener("input", typed);

  // The list beside the editor is the server's; the marks in the text are made of it.
  const mark = () => {
    const doc = view.state.doc;
    const marks = [];
    for (const item of document.querySelectorAll("#findings [data-line]")) {
      const line = doc.line(Math.min(Math.max(Number(item.dataset.line), 1), doc.lines));
      const from = Math.min(line.from + Number(item.dataset.column) - 1, line.to);
      marks.push({ from, to: line.to, severity: item.dataset.severity, message: item.querySelector("[data-text]").textContent });
    }
    view.dispatch(setDiagnostics(view.state, marks.sort((a, b) => a.from - b.from)));
  };

  // What is checked is kept as a draft with it.
  const check = async () => {
    store();
    const now = field.value + "\0" + form.elements.comment.value;
    if (now === last) return;
    last = now;
    form.dataset.unsaved &&= "saving";
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(field.dataset.check, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" }, signal: running.signal,
      });
      if (answer.status === 401) document.dispatchEvent(new CustomEvent("htmx:sse:error", { detail: { status: 401 } }));
      const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("results");
      if (form.dataset.unsaved === "saving") form.dataset.unsaved = fresh?.querySelector("[data-kept=true]") ? "" : "failed";
      if (!fresh) return;
      document.getElementById("results").replaceWith(document.adoptNode(fresh));
      mark();
    } catch (error) {
      if (error.name === "AbortError") return;
      last = undefined;
      form.dataset.unsaved &&= "failed";
    }
  };

  // A finding in the list leads to its place.
  document.addEventListener("click", (event) => {
    const item = event.target.closest("#findings [data-line]");
    if (!item) return;
    event.preventDefault();
    const line = view.state.doc.line(Math.min(Number(item.dataset.line), view.state.doc.lines));
    view.dispatch({ selection: { anchor: Math.min(line.from + Number(item.dataset.column) - 1, line.to) }, scrollIntoView: true });
    view.focus();
  });
  document.addEventListener("htmx:after:swap", mark);
  if (document.getElementById("findings")) mark();
  else check();
}
