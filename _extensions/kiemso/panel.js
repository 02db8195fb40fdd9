// Kiểm Số: the evidence panel. From a figure to its formula, the notebook cell that computed it and the raw
// spreadsheet cells, and back. Without this script every figure is a plain link into the evidence appendix.
(() => {
  "use strict";
  const embedded = document.getElementById("kiemso-evidence");
  const report = document.getElementById("report");
  if (!embedded || !report) return;

  const LIST = "list"; // the view which is no fact: every key of a fact has an "@"
  const UNTAGGED = "kiemso-untagged";
  const FORMULAS = { quoted: "Chép nguyên từ nguồn, không tính toán.", sum: "Cộng các thành phần." };
  const ABSENT = { "not held": "Không tổ chức", missing: "Chưa có số liệu" };
  const NO_NARRATIVE = "h1, h2, h3, h4, h5, h6, a.figure, .waived, table, summary, figcaption, "
    + "#title-block-header, #evidence, .letterhead, .signature";

  let evidence; // the embedded data, parsed when first needed
  const places = new Map(); // full key -> the figures that state it, in reading order
  let uses; // full key -> keys of the facts computed from it
  let trail = []; // the views from the first to the one shown
  let current; // the figure or waived number which the panel speaks of; it gets the focus when the panel closes
  let list; // the list of all figures, once built

  // -- small builders ------------------------------------------------------------------------------------------

  // Data reach the page as text nodes only: markup in a workbook, a label or a claim shows as the text it is.
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== undefined && child !== ""));
    return element;
  }
  // Right-to-left marks in a text must not turn round what stands beside it.
  const text = (string) => make("bdi", {}, string);
  const part = (title, ...content) => make("section", {}, make("h3", {}, title), ...content);
  const link = (page, ...content) => {
    const known = /^audit\//.test(page); // the data name pages of the audit and nothing else
    return known ? make("a", { href: page }, ...content) : make("span", {}, ...content);
  };
  // The two marks that premises use, **strong** and `code`; all else is left as written.
  const marked = (string) => string.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((piece) =>
    /^\*\*./.test(piece) ? make("strong", {}, piece.slice(2, -2))
      : /^`./.test(piece) ? make("code", {}, piece.slice(1, -1)) : piece);
  const plain = (string) => string.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");
  const full = (key) => (key.includes("@") ? key : `${key}@${evidence.term}`);

  function period(name) {
    const [first, last] = name.split("-").map(Number);
    return `${last - first === 1 ? "Năm học" : "Nhiệm kỳ"} ${name}`;
  }

  function value(fact) {
    if (fact.status !== "observed") return ABSENT[fact.status] ?? fact.text;
    const counted = fact.unit && fact.unit !== "%" && fact.unit !== "năm" && /^[\d.,\s–-]+$/.test(fact.text);
    return `${fact.bound} ${fact.text}${counted ? `\u00A0${fact.unit}` : ""}`.trim();
  }

  function load() {
    if (evidence) return;
    evidence = JSON.parse(embedded.textContent);
    for (const figure of report.querySelectorAll("a.figure[data-fact]")) {
      const key = full(figure.dataset.fact);
      if (!places.has(key)) places.set(key, []);
      places.get(key).push(figure);
    }
  }

  function usesOf(key) {
    if (!uses) {
      uses = new Map();
      for (const [name, fact] of Object.entries(evidence.facts)) {
        for (const input of new Set(fact.inputs)) uses.set(input, [...(uses.get(input) ?? []), name]);
      }
    }
    return uses.get(key) ?? [];
  }

  // -- a place in the report -----------------------------------------------------------------------------------

  function whereabouts(element) {
    const heading = element.closest("section")?.querySelector("h1, h2, h3, h4, h5, h6");
    const drawing = element.closest(".chart")?.querySelector("figcaption");
    const caption = drawing ?? element.closest("table")?.caption;
    const row = element.closest("tr")?.querySelector("th");
    return [heading, caption, row].filter(Boolean).map((one) => one.textContent.trim()).join(" › ") || "Đầu báo cáo";
  }

  function point(element, block) {
    current?.classList.remove("kiemso-here");
    current = element;
    if (!element) return;
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    element.classList.add("kiemso-here");
    element.scrollIntoView({ block, inline: "nearest" });
  }

  function jump(element) {
    point(element, "center");
    if (element.matches(".waived")) element.tabIndex = -1;
    element.focus({ preventScroll: true });
    say(`Đang ở: ${whereabouts(element)}`);
  }

  // -- the view of a fact --------------------------------------------------------------------------------------

  function toFact(key, ...content) {
    return make("button", { type: "button", "data-view": key, click: () => go(key) }, ...content);
  }

  function shortly(key, beside) {
    const fact = evidence.facts[key];
    if (!fact) return make("span", {}, text(key));
    const label = fact.label === beside.label ? period(fact.period) : `${fact.label}, ${period(fact.period)}`;
    return toFact(key, make("b", {}, text(value(fact))), " ", make("span", {}, text(label)));
  }

  const listed = (items, kind = "ul") => make(kind, {}, items.map((item) => make("li", {}, item)));

  function notices(fact, figures) {
    const stale = figures.filter((figure) => figure.matches(".stale"));
    return [
      ...stale.map((figure) => make("p", { class: "notice" }, make("b", {}, "Chưa khớp. "),
        text(figure.title.replace(`. ${fact.label}`, ". ")))),
      ...fact.claims.map((claim) => make("p", { class: "notice" }, make("b", {}, "Trái với bản đã công bố. "),
        "Dự thảo nêu: “", text(claim.text), "” (", text(claim.where), "). ", text(claim.reason))),
    ];
  }

  function computation(fact) {
    const formula = FORMULAS[fact.formula];
    return part("Cách tính",
      fact.expression && make("p", { class: "expression" }, text(fact.expression)),
      make("p", {}, formula ?? ["Công thức: ", make("code", {}, text(fact.formula))]),
      fact.note && make("p", { class: "note" }, "Lưu ý: ", text(fact.note)),
      fact.inputs.length ? [make("p", {}, "Từng thành phần:"), listed(fact.inputs.map((key) => shortly(key, fact)), "ol")] : "");
  }

  function notebook(fact) {
    const cell = evidence.cells[fact.cell];
    if (!cell) return [];
    return [part("Ô lệnh đã tính",
      cell.premise && make("p", { class: "premise" }, make("bdi", {}, marked(cell.premise))),
      make("pre", {}, make("code", {}, text(cell.code))),
      make("p", {}, link(cell.page, "Mở ô ", text(cell.cell), " trong sổ tính toán ", text(cell.notebook)),
        `, ${period(cell.period).toLowerCase()}`))];
  }

  function corrected({ cell, correction }) {
    const who = [correction.by, correction.date].filter(Boolean).join(", ");
    return make("p", { class: "notice" }, make("b", {}, "Đã sửa. "), `Ô ${cell}: trước là “`, make("del", {}, text(correction.from)),
      "”, nay là “", make("ins", {}, text(correction.to)), "”. ", text(correction.reason), who && ` (${who})`);
  }

  const original = (source) => (source.text === "" ? make("i", {}, "(ô trống)") : text(source.text));

  // Cells of one column as they stand in the sheet: the column's letter and heading, the rows' numbers and labels.
  function excerpt(sources, column) {
    const rows = sources.map((source) => make("tr", {},
      make("th", { scope: "row" }, source.cell.slice(column.length)), make("td", {}, text(source.row_label)),
      make("td", { class: "value" }, link(source.page, original(source)))));
    return make("table", {}, make("caption", {}, "Trang tính “", text(sources[0].sheet), "”"),
      make("thead", {}, make("tr", {}, make("td"), make("td"), make("th", { scope: "col" }, column))),
      make("tbody", {}, make("tr", {}, make("td"), make("td"), make("td", {}, text(sources[0].column_heading))), rows));
  }

  function rawCells(fact) {
    const groups = new Map(); // file, sheet and column -> cells
    for (const source of fact.sources.map((index) => evidence.sources[index])) {
      const column = source.sheet && /^[A-Z]+(?=\d+$)/.exec(source.cell)?.[0];
      const id = JSON.stringify([source.file, source.sheet, column]);
      groups.set(id, [...(groups.get(id) ?? []), source]);
    }
    return [...groups].map(([id, sources]) => {
      const [, file] = /^(.*?)([^/]*)$/.exec(sources[0].file).slice(1);
      const column = JSON.parse(id)[2];
      return make("div", { class: "source" },
        make("p", {}, make("b", {}, text(file)), make("small", {}, text(sources[0].file),
          make("br"), make("span", { title: sources[0].digest }, `SHA-256 ${sources[0].digest.slice(0, 16)}…`))),
        column ? excerpt(sources, column)
          : listed(sources.map((source) => [make("code", {}, text(source.cell)), ": “", original(source), "”"])),
        column && make("p", {}, "Mở trong bảng gốc: ",
          sources.map((source, i) => [i ? ", " : "", link(source.page, `ô ${source.cell}`)]).flat()),
        sources.filter((source) => source.correction).map(corrected));
    });
  }

  function statedAt(key, fact, figures) {
    const row = document.getElementById(fact.anchor);
    const items = figures.map((figure) => make("button", {
      type: "button", click: () => jump(figure) }, make("b", {}, figure.textContent), " ",
      make("span", {}, whereabouts(figure), figure.matches(".stale") ? " (chưa khớp)" : "")));
    const users = usesOf(key);
    return [
      part(figures.length ? `Được nêu ở ${figures.length} chỗ` : "Không nêu trực tiếp trong báo cáo",
        listed(items, "ol"), row && make("p", {}, make("a", { href: `#${fact.anchor}` }, `Dòng ${fact.ref} trong phụ lục căn cứ`))),
      users.length ? part(`Dùng để tính ${users.length} số liệu khác`, listed(users.map((user) => shortly(user, fact)))) : "",
    ];
  }

  function factView(key) {
    const fact = evidence.facts[key];
    if (!fact) return ["Không có số liệu này", [make("p", {}, "Báo cáo không có căn cứ nào mang khóa “", text(key), "”.")]];
    const figures = places.get(key) ?? [];
    return [fact.label, [
      make("p", { class: "period" }, period(fact.period)),
      make("p", { class: "value" }, text(value(fact))),
      ...notices(fact, figures), computation(fact), ...notebook(fact),
      fact.sources.length ? part("Ô gốc trong bảng tính", ...rawCells(fact)) : "",
      ...statedAt(key, fact, figures),
    ]];
  }

  // -- the list of all figures ---------------------------------------------------------------------------------

  const FILTERS = [
    ["Tất cả", () => true],
    ["Chưa khớp", (entry) => entry.stale],
    ["Được miễn", (entry) => !entry.fact],
    ["Trái với bản đã công bố", (entry) => entry.fact?.claims.length],
    ["Có ô đã sửa", (entry) => entry.fact?.sources.some((index) => evidence.sources[index].correction)],
    ["Không tổ chức hoặc chưa có số liệu", (entry) => entry.fact && entry.fact.status !== "observed"],
  ];

  function factEntry([key, figures]) {
    const fact = evidence.facts[key];
    if (!fact) return [];
    const stale = figures.some((figure) => figure.matches(".stale"));
    const badges = [stale && "chưa khớp", ...FILTERS.slice(3, 5).map(([name, test]) => test({ fact }) && name.toLowerCase())];
    const row = toFact(key, make("b", {}, text(value(fact))), " ", make("span", {}, text(fact.label),
      make("small", {}, [period(fact.period), figures.length > 1 && `${figures.length} chỗ`, ...badges].filter(Boolean).join(" · "))));
    const words = [fact.label, fact.period, fact.text, fact.text.replaceAll(".", ""), key, whereabouts(figures[0])];
    return [{ fact, stale, row: make("li", {}, row), words: plain(words.join(" ")) }];
  }

  function waivedEntry(span) {
    const reason = span.title;
    const row = make("button", { type: "button", click: () => jump(span) }, make("b", {}, span.textContent), " ",
      make("span", {}, "Được miễn: ", text(reason), make("small", {}, whereabouts(span))));
    return { row: make("li", {}, row), words: plain(`${span.textContent} ${reason} ${whereabouts(span)}`) };
  }

  function buildList() {
    const entries = [...[...places].flatMap(factEntry), ...[...report.querySelectorAll(".waived")].map(waivedEntry)];
    const search = make("input", { type: "search", id: "kiemso-search", autocomplete: "off", input: narrow });
    const count = make("p", { class: "count" });
    const choices = FILTERS.map(([name, test], i) => {
      const input = make("input", { type: "radio", name: "kiemso-filter", checked: i === 0, change: narrow });
      return { test, input, label: make("label", {}, input, `${name} (${entries.filter(test).length})`) };
    });
    function narrow() {
      const { test } = choices.find((choice) => choice.input.checked);
      const words = plain(search.value).split(/\s+/);
      let shown = 0;
      for (const entry of entries) {
        const fits = test(entry) && words.every((word) => entry.words.includes(word));
        if (entry.row.hidden === fits) entry.row.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      count.textContent = shown ? `${shown} số liệu` : "Không có số liệu nào như vậy.";
      say(count.textContent);
    }
    narrow();
    return make("div", { class: "list" }, switchOfMarks(),
      make("label", { for: "kiemso-search" }, "Tìm theo tên, giá trị, năm học hoặc đề mục (có dấu hay không đều được)"), search,
      make("fieldset", {}, make("legend", {}, "Chỉ hiện"), choices.map((choice) => choice.label)),
      count, make("ul", {}, entries.map((entry) => entry.row)));
  }

  // -- numbers marked in the text ------------------------------------------------------------------------------

  // Ranges, not elements: the text itself stays untouched.
  function untagged() {
    const ranges = [];
    const walker = document.createTreeWalker(report, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node.nodeType === Node.TEXT_NODE ? NodeFilter.FILTER_ACCEPT
        : node.matches(NO_NARRATIVE) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP);
    while (walker.nextNode()) {
      for (const found of walker.currentNode.data.matchAll(/\d+(?:[.,]\d+)*(?:\s?%)?/g)) {
        const range = new StaticRange({ startContainer: walker.currentNode, startOffset: found.index,
          endContainer: walker.currentNode, endOffset: found.index + found[0].length });
        ranges.push(range);
      }
    }
    return ranges;
  }

  function switchOfMarks() {
    const able = typeof Highlight === "function"; // browsers of before 2022 mark the other three kinds only
    const legend = make("ul", { class: "legend", hidden: true });
    function turn(event) {
      const on = event.target.checked;
      report.classList.toggle("kiemso-marks", on);
      legend.hidden = !on;
      if (able) CSS.highlights.delete(UNTAGGED);
      if (!on) return;
      const ranges = untagged();
      if (able) CSS.highlights.set(UNTAGGED, new Highlight(...ranges));
      const count = (selector) => report.querySelectorAll(selector).length;
      const stale = count("a.figure.stale");
      legend.replaceChildren(...[["tagged", count("a.figure") - stale, "có căn cứ"], ["stale", stale, "chưa khớp"],
        ["waived", count(".waived"), "được miễn"],
        ["untagged", ranges.length, "không gắn căn cứ (ngày tháng, số hiệu văn bản…)"]].map(([name, number, words]) =>
        make("li", {}, make("span", { class: name }, String(number)), ` ${words}`)));
      say(legend.textContent);
    }
    return make("div", {}, make("label", { class: "switch" },
      make("input", { type: "checkbox", role: "switch", change: turn }), "Tô màu các con số trong văn bản"), legend);
  }

  // -- the panel -----------------------------------------------------------------------------------------------

  const live = make("p", { role: "status", class: "kiemso-status" });
  const heading = make("h2", { id: "kiemso-heading", tabindex: "-1" });
  const crumbs = make("nav", { "aria-label": "Đường đã đi" });
  const body = make("div", { class: "body" });
  const closing = make("button", { type: "button", class: "close", "aria-label": "Đóng", title: "Đóng (Esc)", click: close }, "×");
  const panel = make("div", { id: "kiemso-panel", role: "dialog", "aria-labelledby": "kiemso-heading", hidden: true },
    make("header", {}, crumbs, closing, heading), body);
  const launcher = make("button", { type: "button", class: "kiemso-launcher", "aria-haspopup": "dialog",
    "aria-expanded": "false", "aria-controls": "kiemso-panel", click: () => open(LIST) }, "Danh sách số liệu");

  function say(words) { live.textContent = words; }

  function open(view, figure) {
    load();
    trail = [view];
    panel.hidden = false;
    document.documentElement.classList.add("kiemso-open");
    launcher.setAttribute("aria-expanded", "true");
    show();
    point(figure, "nearest");
  }

  function go(view) {
    const fromList = trail.at(-1) === LIST;
    // A view met again on the way is a step back, so that the way never runs in circles.
    trail = trail.includes(view) ? trail.slice(0, trail.indexOf(view) + 1) : [...trail, view];
    show();
    if (fromList) point(places.get(view)[0], "center");
  }

  function back(index) {
    const left = trail[index + 1];
    trail = trail.slice(0, index + 1);
    show(left);
  }

  function name(view) {
    return view === LIST ? "Danh sách số liệu" : evidence.facts[view]?.label ?? view;
  }

  function showTrail() {
    const steps = trail.slice(0, -1).map((view, i) => make("button", { type: "button", click: () => back(i) }, text(name(view))));
    crumbs.replaceChildren(...(steps.length === 0 ? [] : [
      make("button", { type: "button", class: "back", click: () => back(trail.length - 2) }, "← Quay lại"),
      listed([...steps, make("span", { "aria-current": "page" }, text(name(trail.at(-1))))], "ol")]));
    crumbs.hidden = steps.length === 0;
  }

  function show(left) {
    const view = trail.at(-1);
    const [title, content] = view === LIST ? ["Danh sách số liệu", [(list ??= buildList())]] : factView(view);
    heading.replaceChildren(text(title));
    showTrail();
    body.replaceChildren(...content.filter((node) => node !== ""));
    body.scrollTop = 0;
    // Replaced, not pushed: “back” leaves the report as the reader expects, instead of walking through all figures.
    history.replaceState(history.state, "", view === LIST ? location.href.split("#")[0] : `#fact=${encodeURI(view)}`);
    const cameFrom = left && body.querySelector(`[data-view="${CSS.escape(left)}"]`);
    (cameFrom ?? heading).focus({ preventScroll: !cameFrom });
  }

  function close() {
    if (panel.hidden) return;
    panel.hidden = true;
    document.documentElement.classList.remove("kiemso-open");
    launcher.setAttribute("aria-expanded", "false");
    history.replaceState(history.state, "", location.href.split("#")[0]);
    (current ?? launcher).focus({ preventScroll: Boolean(current) });
    point(undefined);
  }

  function openFromAddress() {
    const [, wanted] = /^#fact=(.+)$/.exec(location.hash) ?? [];
    if (!wanted) {
      if (location.hash === "") close(); // back to the report as it was before any figure was opened
      return;
    }
    load();
    let key = wanted;
    try { key = decodeURIComponent(wanted); } catch { /* a damaged address is shown as it is */ }
    open(full(key), places.get(full(key))?.[0]);
    if (current) point(current, "center");
  }

  document.addEventListener("click", (event) => {
    const figure = event.target.closest("a.figure[data-fact]");
    // With a modifier the reader asks the browser for a new tab or a download.
    if (!figure || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    load();
    const key = full(figure.dataset.fact);
    if (!evidence.facts[key]) return; // the link into the appendix still works
    event.preventDefault();
    open(key, figure);
  });
  document.addEventListener("keydown", (event) => {
    const clearing = event.target.matches?.("input[type=search]") && event.target.value;
    if (event.key === "Escape" && !clearing) close();
  });
  addEventListener("hashchange", openFromAddress);

  // First in the page: the list is one of the first stops of the Tab key, and the panel stands beside it.
  document.querySelector(".skip").after(make("aside", { class: "kiemso", "aria-label": "Căn cứ số liệu" }, launcher, live, panel));
  openFromAddress();
})();
