"use strict";
/* The preview page: asks for the state, shows it, and listens for changes. */

const view = { issue: "", reader: "plain", data: "real", anew: "off", width: "600", scheme: "light", images: "off", tab: "html" };
let state = null;
let armed = false;
let asked = 0;
let shown = 0;

const $ = (id) => document.getElementById(id);

function make(tag, text, attributes = {}) {
  const node = document.createElement(tag);
  node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  return node;
}

function readHash() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (name in view) {
      view[name] = value;
    }
  }
}

function keepHash() {
  history.replaceState(null, "", "#" + new URLSearchParams(view));
}

/* What to see. The Date that was shown comes along: what is looked at again keeps it, and what is
 * downloaded, sent as a test or approved has it. */
function wish() {
  const fields = { issue: view.issue, reader: view.reader, data: view.data, anew: view.anew };
  if (state && state.date) {
    fields.date = state.date;
  }
  return new URLSearchParams(fields);
}

function say(text, bad = false) {
  $("said").textContent = text;
  $("said").classList.toggle("bad", bad);
}

/* The frame: a new one is loaded behind the old one, scrolled to where that was, and takes its
 * place, so that nothing jumps. The promise is kept when it is there, or not wanted any more. */
function showFrame(number) {
  const stage = $("stage");
  const old = $("frame");
  const frame = make("iframe", "", { sandbox: "allow-same-origin", title: "The message as HTML", class: "loading" });
  const query = wish();
  query.set("scheme", view.scheme);
  query.set("images", view.images);
  frame.src = "frame?" + query;
  const there = new Promise((resolve) => frame.addEventListener("load", resolve));
  frame.addEventListener("load", () => {
    if (number !== asked) {
      frame.remove();
      return;
    }
    const before = $("frame");
    const top = before && before.contentWindow ? before.contentWindow.scrollY : 0;
    frame.contentWindow.scrollTo(0, top);
    /* The whole width is the message's, as in a mail client. */
    frame.contentDocument.documentElement.style.scrollbarWidth = "none";
    /* A link of the message is never followed from here. */
    frame.contentDocument.addEventListener("click", (event) => {
      const link = event.target.closest ? event.target.closest("a") : null;
      if (link) {
        event.preventDefault();
        say(link.getAttribute("href") || "");
      }
    });
    if (before) {
      before.remove();
    }
    frame.id = "frame";
    frame.classList.remove("loading");
  });
  stage.append(frame);
  if (old === null) {
    frame.style.visibility = "visible";
  }
  return there;
}

function showLines(id, text) {
  const panel = $(id);
  const top = panel.scrollTop;
  panel.replaceChildren(...text.replace(/\r\n/g, "\n").split("\n").map((line) => make("div", line || " ")));
  panel.scrollTop = top;
}

/* What an HTML part is made of, a line each: headings, links, images, data tables and lists. Its
 * words are the plaintext's too. A document that is parsed so runs nothing and fetches nothing. */
function outline(html) {
  const message = new DOMParser().parseFromString(html, "text/html");
  const words = (node) => node.textContent.replace(/\s+/g, " ").trim();
  const lines = [`title: ${message.title}`, `language: ${message.documentElement.lang}, direction: ${message.documentElement.dir}`];
  for (const node of message.body.querySelectorAll("h1, h2, h3, h4, h5, h6, a, img, table, ul, ol")) {
    const name = node.localName;
    if (/^h\d$/.test(name)) {
      lines.push(`${name}: ${words(node)}`);
    } else if (name === "a") {
      lines.push(`link: ${words(node)} → ${node.getAttribute("href") || ""}`);
    } else if (name === "img") {
      lines.push(`image: ${node.alt} ← ${node.getAttribute("src") || ""}, ${node.getAttribute("width")} × ${node.getAttribute("height")}`);
    } else if (name !== "table") {
      lines.push(`list: ${node.children.length} items`);
    } else if (node.getAttribute("role") !== "presentation") {
      lines.push(`table: ${node.caption ? words(node.caption) : "without a caption"}, ${node.rows.length} rows`);
    }
  }
  return lines.join("\n");
}

/* The token in a link is another one in each issue: nothing that anybody changed. */
function withoutTokens(text) {
  return text.replace(/\/(leave|preferences)\/[a-z0-9]{30,}/g, "/$1/…");
}

/* The longest common lines of two texts, by the usual table. */
function difference(before, after) {
  const a = before.split("\n");
  const b = after.split("\n");
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(["same", a[i]]);
      i++;
      j++;
    } else if (i < a.length && (j === b.length || table[i + 1][j] >= table[i][j + 1])) {
      lines.push(["removed", a[i++]]);
    } else {
      lines.push(["added", b[j++]]);
    }
  }
  return lines;
}

function showDifference() {
  const panel = $("panel-diff");
  if (!state.previous) {
    panel.replaceChildren(make("div", "No issue was sent before this one.", { class: "same" }));
    return;
  }
  const rows = (lines) => lines.map(([kind, line]) => make("div", line || " ", { class: kind }));
  const compare = (before, after) => difference(withoutTokens(before), withoutTokens(after));
  const changed = compare(outline(state.previous.html), outline(state.html)).filter(([kind]) => kind !== "same");
  panel.replaceChildren(
    make("h2", `Structure and links of the HTML since issue ${state.previous.number}: ${changed.length === 0 ? "no change" : `${changed.length} lines`}`),
    ...rows(changed), make("h2", "Plaintext"), ...rows(compare(state.previous.text, state.text)));
}

function showIssues() {
  const list = [{ number: "" }, ...state.issues];
  $("issues").replaceChildren(...list.map((issue) => {
    const label = issue.number === "" ? state.at_hand : `${issue.number}, ${issue.week}: ${issue.state}`;
    const button = make("button", label, { type: "button", "data-issue": issue.number });
    button.setAttribute("aria-current", String(String(issue.number) === view.issue));
    button.addEventListener("click", () => choose({ issue: String(issue.number) }));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  const current = $("issues").querySelector("[aria-current='true']");
  if (current) {
    $("issues").scrollTop = current.offsetTop - $("issues").offsetTop - $("issues").clientHeight / 2;
  }
}

function arrange(order, leftOut) {
  return act("arrange", { order: order.join(" "), left_out: leftOut.join(" ") });
}

function moveButton(label, name, action, enabled) {
  const button = make("button", label, { type: "button", "aria-label": name });
  button.disabled = !enabled;
  button.addEventListener("click", action);
  return button;
}

function showSelection() {
  const focused = document.activeElement ? document.activeElement.getAttribute("aria-label") : null;
  const order = state.selection.filter((item) => item.in).map((item) => item.slug);
  const out = state.selection.filter((item) => !item.in && item.reason === "left out by an editor").map((item) => item.slug);
  const editable = state.editable && view.data === "real";
  $("selection").replaceChildren(...state.selection.map((item) => {
    const row = make("li", "", { class: item.in ? "in" : "out", "data-slug": item.slug });
    row.append(make("span", item.title, { class: "name" }), make("span", (item.in ? "in: " : "out: ") + item.reason, { class: "reason" }));
    const at = order.indexOf(item.slug);
    if (editable && item.in) {
      const swap = (to) => {
        const next = order.slice();
        [next[at], next[to]] = [next[to], next[at]];
        return arrange(next, out);
      };
      const moves = make("div", "", { class: "moves" });
      moves.append(
        moveButton("Up", `Move up: ${item.title}`, () => swap(at - 1), at > 0),
        moveButton("Down", `Move down: ${item.title}`, () => swap(at + 1), at < order.length - 1),
        moveButton("Leave out", `Leave out: ${item.title}`, () => arrange(order.filter((slug) => slug !== item.slug), [...out, item.slug]), order.length > 1));
      row.append(moves);
    } else if (editable && out.includes(item.slug)) {
      const moves = make("div", "", { class: "moves" });
      moves.append(moveButton("Take in", `Take in: ${item.title}`, () => arrange([...order, item.slug], out.filter((slug) => slug !== item.slug)), true));
      row.append(moves);
    }
    return row;
  }));
  if (focused && document.activeElement === document.body) {
    const again = [...$("selection").querySelectorAll("button")].find((button) => button.getAttribute("aria-label") === focused);
    if (again) {
      again.focus();
    }
  }
}

function showChoices() {
  const fill = (select, values, keep) => {
    while (select.options.length > keep) {
      select.remove(keep);
    }
    for (const [value, label] of values) {
      select.append(make("option", label, { value }));
    }
  };
  const readers = state.topics.map((topic) => [`topic:${topic}`, `topic ${topic}`]);
  const [, kind, name] = view.reader.match(/^(address|topic):([^]*)$/) || [];
  if (kind && !readers.some(([value]) => value === view.reader)) {
    readers.push([view.reader, kind === "topic" ? `topics ${name.replace(/\n/g, ", ")}` : name]);
  }
  fill($("reader"), readers, 4);
  $("reader").value = view.reader;
  fill($("data"), state.data.map((name) => [name, name]), 1);
  $("data").value = view.data;
  const to = $("to").value;
  fill($("to"), [...new Set([...state.test_addresses, ...state.editors])].map((address) => [address, address]), 0);
  if (to) {
    $("to").value = to;
  }
  $("test").disabled = $("to").options.length === 0 || view.data !== "real" || Boolean(state.anew);
}

/* Characters that the lists of messages show of subject and preheader: Gmail in a browser, Apple
 * Mail on a phone, Outlook on Windows. Gmail gives the preheader what the subject leaves. */
const cuts = [
  { client: "gmail", from: 20, subject: 70, both: 110 },
  { client: "apple", from: 26, subject: 41, preheader: 90 },
  { client: "outlook", from: 25, subject: 55, preheader: 55 },
];

function cut(text, limit) {
  const letters = [...text];
  return letters.length <= limit ? text : letters.slice(0, Math.max(limit - 1, 0)).join("") + "…";
}

function showInbox() {
  for (const { client, from, subject, preheader, both } of cuts) {
    const put = (name, text) => {
      document.querySelector(`.${client} .${name}`).textContent = text;
    };
    const left = preheader || both - Math.min([...state.issue.subject].length, subject);
    put("from", cut(state.from, from));
    put("subject", cut(state.issue.subject, subject));
    put("preheader", cut(state.issue.preheader, left));
  }
  $("subject").textContent = state.issue.subject;
  document.title = `Preview: ${state.issue.subject}`;
  const date = new Date(state.date * 1000).toISOString().slice(0, 16).replace("T", " ");
  $("state-line").textContent = `Issue ${state.issue.number}, ${state.issue.week}: ${state.issue.state}. Dated ${date} UTC`;
  $("copy-note").textContent = (state.unsent ? `This reader would not be sent it: ${state.unsent}. ` : "")
    + (state.live ? "The links of this copy are live; those of a test are nobody's." : "");
  $("size").value = state.size;
  $("size-text").textContent = `HTML: ${(state.size / 1024).toFixed(1)} of 102 KB`;
}

const places = { html: "code", text: "text", message: "source" };

/* The reader whose copy a finding is of: only there are its lines the same. */
const copies = { everything: "unnamed", "a long name": "long" };

async function jump(finding) {
  const tab = places[finding.part];
  if (!tab) {
    const target = finding.part === "comparison" ? $("selection") : document.querySelector(".inbox");
    target.scrollIntoView({ block: "center" });
    return;
  }
  const reader = copies[finding.copy] || `topic:${finding.copy}`;
  await choose(reader === view.reader ? { tab } : { tab, reader });
  const panel = $(`panel-${tab}`);
  panel.querySelectorAll(".target").forEach((node) => node.classList.remove("target"));
  const line = panel.children[Math.max(finding.line, 1) - 1];
  if (line) {
    line.classList.add("target");
    line.scrollIntoView({ block: "center" });
  }
  panel.focus();
}

function showFindings() {
  const { errors, warnings, infos, findings } = state.check;
  const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  $("findings-count").textContent = "Check: " + (findings.length === 0 ? "no finding"
    : [count(errors, "error"), count(warnings, "warning"), count(infos, "note")].join(", "));
  $("findings").replaceChildren(...findings.map((finding) => {
    const button = make("button", "", { type: "button", class: `${finding.level}-level`, title: `${finding.why} (${finding.source})` });
    button.append(make("b", `${finding.level}: ${finding.rule}`), document.createTextNode(finding.message));
    button.addEventListener("click", () => jump(finding));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  const button = $("approve");
  button.disabled = !state.editable || view.data !== "real";
  armed = armed && errors > 0;
  button.textContent = armed ? `Approve despite ${count(errors, "error")}` : "Approve";
}

/* Else an editor saves a template and waits for a change that never comes. */
function showFrozen() {
  const { issue, frozen, anew } = state;
  $("frozen").hidden = !frozen && !anew;
  if (frozen) {
    $("frozen-text").textContent = `Issue ${issue.number} is ${issue.state}: its bytes are frozen, and no template changes them.`;
    $("anew").textContent = "Show with today\u2019s templates";
  } else if (anew) {
    $("frozen-text").textContent = `Issue ${issue.number} is ${issue.state}. These are its comparisons with today\u2019s templates, not its bytes; this is never sent.`;
    $("anew").textContent = "Show the frozen bytes";
  }
}

function showError(error) {
  $("error").hidden = !error;
  $("stage").classList.toggle("stale", Boolean(error));
  if (!error) {
    return;
  }
  $("error-message").textContent = error.message;
  $("error-place").textContent = error.file ? `${error.file}, line ${error.line}, column ${error.column}` : "";
  const place = $("error-source");
  place.textContent = error.source === undefined ? "" : error.source + "\n" + " ".repeat(Math.max(error.column - 1, 0)) + "^";
  /* A long line is shown where the fault is. */
  const letter = place.scrollWidth / Math.max(...place.textContent.split("\n").map((line) => line.length), 1);
  place.scrollLeft = letter * error.column - place.clientWidth / 2;
}

function showView() {
  $("stage").className = `w${view.width}` + ($("stage").classList.contains("stale") ? " stale" : "");
  for (const button of $("widths").children) {
    button.setAttribute("aria-pressed", String(button.dataset.width === view.width));
  }
  for (const button of $("schemes").children) {
    button.setAttribute("aria-pressed", String(button.dataset.scheme === view.scheme));
  }
  $("images").setAttribute("aria-pressed", String(view.images === "on"));
  for (const tab of $("tabs").children) {
    const chosen = tab.id === `tab-${view.tab}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
  $("download").href = "issue.eml?" + wish();
}

function showState() {
  showIssues();
  showChoices();
  showError(state.error);
  if (state.selection) {
    showSelection();
    showFrozen();
  }
  if (state.error) {
    $("approve").disabled = true;
    $("test").disabled = true;
    return;
  }
  showLines("panel-text", state.text);
  showLines("panel-headers", state.headers);
  showLines("panel-source", state.source);
  showLines("panel-code", state.html);
  showDifference();
  showInbox();
  showFindings();
}

async function refresh() {
  const number = ++asked;
  /* Asked for first, since it is what one looks at and is there sooner than the check. Where the
   * message cannot be rendered it is the last good one, which showState() dims. */
  const framed = showFrame(number);
  let answer;
  try {
    answer = await (await fetch("state?" + wish())).json();
  } catch (error) {
    if (number === asked) {
      say("The preview server does not answer.", true);
    }
    return;
  }
  if (number !== asked) {
    return;
  }
  state = answer;
  showView();
  showState();
  await framed;
  if (number === asked) {
    shown += 1;
    document.documentElement.dataset.shown = shown;
  }
}

function choose(changes) {
  const looks = ["issue", "reader", "data", "anew", "scheme", "images"].some((name) => name in changes);
  Object.assign(view, changes);
  keepHash();
  showView();
  return looks ? refresh() : Promise.resolve();
}

async function act(name, fields) {
  const form = wish();
  for (const [key, value] of Object.entries(fields)) {
    form.set(key, value);
  }
  say("…");
  try {
    const answer = await fetch(name, { method: "POST", body: form });
    const { message } = await answer.json();
    say(message, !answer.ok);
  } catch (error) {
    say("The preview server does not answer.", true);
  }
  await refresh();
}

function approve() {
  if (state.check.errors > 0 && !armed) {
    armed = true;
    showFindings();
    say("The check found errors. Press again to approve all the same.", true);
    return;
  }
  const fields = { seen: state.seen };
  if (armed) {
    fields.despite = "errors";
  }
  armed = false;
  act("approve", fields);
}

function walkTabs(event) {
  const tabs = [...$("tabs").children];
  const at = tabs.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (at < 0 || to === undefined) {
    return;
  }
  event.preventDefault();
  const tab = tabs[(to + tabs.length) % tabs.length];
  choose({ tab: tab.id.slice(4) });
  tab.focus();
}

function listen() {
  const events = new EventSource("events");
  let lost = false;
  let waiting = false;
  let rest = 20;
  /* While something changes all the time (a campaign under way), the page looks half of the time
   * at most. */
  events.addEventListener("change", () => {
    if (waiting) {
      return;
    }
    waiting = true;
    setTimeout(async () => {
      waiting = false;
      const start = performance.now();
      await refresh();
      rest = 20 + performance.now() - start;
    }, rest);
  });
  events.addEventListener("error", () => {
    lost = true;
  });
  events.addEventListener("open", () => {
    document.documentElement.dataset.listening = "yes";
    if (lost) {
      lost = false;
      refresh();
    }
  });
}

function start() {
  readHash();
  $("widths").addEventListener("click", (event) => event.target.dataset.width && choose({ width: event.target.dataset.width }));
  $("schemes").addEventListener("click", (event) => event.target.dataset.scheme && choose({ scheme: event.target.dataset.scheme }));
  $("images").addEventListener("click", () => choose({ images: view.images === "on" ? "off" : "on" }));
  $("tabs").addEventListener("click", (event) => event.target.id.startsWith("tab-") && choose({ tab: event.target.id.slice(4) }));
  $("tabs").addEventListener("keydown", walkTabs);
  $("reader").addEventListener("change", () => choose({ reader: $("reader").value }));
  $("data").addEventListener("change", () => choose({ data: $("data").value }));
  $("address-form").addEventListener("submit", (event) => {
    event.preventDefault();
    choose({ reader: `address:${$("address").value.trim()}` });
  });
  $("anew").addEventListener("click", () => choose({ anew: view.anew === "on" ? "off" : "on" }));
  $("test").addEventListener("click", () => act("test", { to: $("to").value }));
  $("approve").addEventListener("click", approve);
  showView();
  refresh();
  listen();
}

start();
