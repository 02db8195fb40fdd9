// Kiểm Số: the evidence panel. From a figure to its formula, the notebook cell that computed it and the raw
// spreadsheet cells, and back. Without this script every figure is a plain link into the evidence appendix.
(() => {
  "use strict";
  const embedded = document.getElementById("kiemso-evidence");
  const report = document.getElementById("report");
  if (!embedded || !report) return;

  const LIST = "list"; // the view that is no fact: a full key has an "@"
  const MARKS = "kiemso-untagged";
  const FORMULAS = { quoted: "Chép nguyên từ nguồn, không tính toán", sum: "Cộng các thành phần" };
  const ABSENT = { "not held": "Không tổ chức", missing: "Chưa có số liệu" };
  const HEADINGS = "h1, h2, h3, h4, h5, h6";
  const NO_NARRATIVE = `${HEADINGS}, a.figure, .waived, table, summary, figcaption, `
    + "#title-block-header, #evidence, .letterhead, .signature";

  let evidence; // the embedded data, parsed when first needed
  const places = new Map(); // full key -> the figures that state it, in reading order
  const uses = new Map(); // full key -> keys of the facts computed from it
  let trail = []; // the views from the first to the one shown
  let current; // the figure or waived number which the panel speaks of; it gets the focus when the panel closes
  let list; // the list of all figures, once built

  // -- builders ------------------------------------------------------------------------------------------------

  // Data reach the page as text nodes only: markup in a workbook, a label or a claim shows as the text it is.
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat(2).filter(Boolean));
    return element;
  }
  // A right-to-left mark in a text must not turn round what stands beside it.
  const text = (string) => make("bdi", {}, string);
  const part = (title, ...content) => make("section", {}, make("h3", {}, title), ...content);
  const notice = (title, ...content) => make("p", { class: "notice" }, make("b", {}, title), " ", ...content);
  const button = (click, ...content) => make("button", { type: "button", click }, ...content);
  const listed = (kind, items) => make(kind, {}, items.map((item) => make("li", {}, item)));
  // The data name pages of the audit and nothing else.
  const PAGE = /^(\.\.\/\.\.\/\.\.\/schools\/[^:]+\/_output\/)?audit\//; // or of the schools of a roll-up
  const link = (page, ...content) =>
    (PAGE.test(page) ? make("a", { href: page }, ...content) : make("span", {}, ...content));

  function row(click, value, ...content) {
    return button(click, make("b", {}, text(value)), " ", make("span", {}, ...content));
  }

  // What premises use of Markdown: headings, **strong** and `code`.
  function marked(string) {
    return string.split(/(^#+ .*$|\*\*[^*]+\*\*|`[^`]+`)/m).map((piece) => {
      const [, mark, words] = /^(#+ |\*\*|`)(.+?)(?:\*\*|`)?$/.exec(piece) ?? [];
      return mark ? make(mark === "`" ? "code" : "strong", {}, words) : piece;
    });
  }

  const plain = (string) => string.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");
  const full = (key) => (key.includes("@") ? key : `${key}@${evidence.term}`);

  function period(name) {
    const [first, last] = name.split("-");
    return `${last - first === 1 ? "Năm học" : "Nhiệm kỳ"} ${name}`;
  }

  function value(fact) {
    if (fact.status !== "observed") return ABSENT[fact.status] ?? fact.text;
    const counted = fact.unit && !["%", "năm"].includes(fact.unit) && /^[\d.,\s–-]+$/.test(fact.text);
    return `${fact.bound} ${fact.text}${counted ? `\u00A0${fact.unit}` : ""}`.trim();
  }

  function load() {
    if (evidence) return;
    evidence = JSON.parse(embedded.textContent);
    const add = (map, key, item) => (map.has(key) ? map.get(key).push(item) : map.set(key, [item]));
    for (const figure of report.querySelectorAll("a.figure[data-fact]")) add(places, full(figure.dataset.fact), figure);
    for (const [key, fact] of Object.entries(evidence.facts)) {
      for (const input of new Set(fact.inputs)) add(uses, input, key);
    }
  }

  // -- places in the report ------------------------------------------------------------------------------------

  function whereabouts(element) {
    const drawing = element.closest(".chart")?.querySelector("figcaption");
    return [
      element.closest("section")?.querySelector(HEADINGS),
      drawing ?? element.closest("table")?.caption,
      [...element.closest("tr")?.querySelectorAll("th") ?? []].at(-1), // the row's label; before it stands its number
    ].filter((one) => one?.textContent).map((one) => one.textContent.trim()).join(" › ") || "Đầu báo cáo";
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
    if (!element.href) element.tabIndex = -1;
    element.focus({ preventScroll: true });
    say(`Đang ở: ${whereabouts(element)}`);
  }

  // -- a fact --------------------------------------------------------------------------------------------------

  function toFact(key, label, ...more) {
    const one = row(() => go(key), value(evidence.facts[key]), text(label), ...more);
    one.dataset.view = key;
    return one;
  }

  function related(key, fact) {
    const other = evidence.facts[key];
    if (!other) return text(key);
    return toFact(key, other.label === fact.label ? period(other.period) : `${other.label}, ${period(other.period)}`);
  }

  function notices(fact, figures) {
    const stale = figures.filter((figure) => figure.matches(".stale")).map((figure) => figure.title);
    const subject = `. ${fact.label}, ${fact.period}`; // with which the titles end
    return [
      ...[...new Set(stale)].map((title) => notice("Chưa cập nhật.", text(title.replace(subject, ".")))),
      ...fact.claims.map((claim) => notice("Trái với số liệu đã nêu.", "Nơi khác nêu: “", text(claim.text), "” (",
        text(claim.where), "). ", text(claim.reason))),
    ];
  }

  function computation(fact) {
    const inputs = fact.inputs.map((key) => related(key, fact));
    const formula = FORMULAS[fact.formula] ?? ["Công thức: ", make("code", {}, text(fact.formula))];
    return part("Cách tính",
      fact.expression && make("p", { class: "expression" }, text(fact.expression)),
      make("p", {}, formula, inputs.length ? ":" : "."), inputs.length > 0 && listed("ol", inputs),
      fact.note && make("p", {}, "Lưu ý: ", text(fact.note)));
  }

  function notebook(fact) {
    const cell = evidence.cells[fact.cell];
    return cell && part("Ô lệnh đã tính",
      cell.premise && make("p", { class: "premise" }, make("bdi", {}, marked(cell.premise.replace(/\n\s*\n/g, "\n")))),
      make("pre", {}, make("code", {}, text(cell.code))),
      make("p", {}, link(cell.page, "Mở ô lệnh ", text(cell.cell), " trong sổ tính toán ", text(cell.notebook)),
        `, ${period(cell.period).toLowerCase()}`));
  }

  const original = (source) => (source.text === "" ? make("i", {}, "(ô trống)")
    : [text(source.text), source.original && [" (nguyên văn trong tệp: ", text(source.original), ")"]].flat());

  // Cells of one column as they stand in the sheet: the column's letter and heading, the rows' numbers and labels.
  function excerpt(sources, column) {
    const cells = sources.map((source) => make("tr", {}, make("th", { scope: "row" }, source.cell.slice(column.length)),
      make("td", {}, text(source.row_label)), make("td", { class: "value" }, original(source))));
    return make("table", {}, make("caption", {}, "Trang tính “", text(sources[0].sheet), "”"),
      make("thead", {}, make("tr", {}, make("td"), make("td"), make("th", { scope: "col" }, column))),
      make("tbody", {},
        make("tr", {}, make("td"), make("td"), make("td", {}, text(sources[0].column_heading))), cells));
  }

  function corrected({ cell, ...correction }) {
    const who = [correction.by, correction.date].filter(Boolean).join(", ");
    return notice("Đã đính chính.", `Ô ${cell}: trước là “`, make("del", {}, text(correction.from)), "”, nay là “",
      make("ins", {}, text(correction.to)), "”. ", text(correction.reason), who && [" (", text(who), ")"]);
  }

  function sourceGroup(sources, column) {
    const [{ file, digest }] = sources;
    const links = sources.map((source, i) => [i > 0 && ", ", link(source.page, `ô ${source.cell}`)]);
    const runs = ({ cells }) => cells.map(([cell, page], i) => [i > 0 && ", ", link(page, text(cell))]);
    return make("div", { class: "source" },
      make("p", {}, make("b", {}, text(file.split("/").at(-1))), make("small", {}, text(file)),
        make("small", { title: digest }, `SHA-256 ${digest.slice(0, 16)}…`)),
      ...(column ? [excerpt(sources, column), make("p", {}, "Mở trong bảng tính gốc: ", links)]
        : sources.map((source) => make("p", {}, source.sheet && ["Trang tính “", text(source.sheet), "”, "],
          source.cells.length > 0 ? runs(source) : make("code", {}, text(source.cell)), ": “", original(source), "”"))),
      ...sources.flatMap((source) => source.corrections).map(corrected));
  }

  function rawCells(fact) {
    const groups = new Map(); // file, sheet and column -> its cells
    for (const source of fact.sources.map((index) => evidence.sources[index])) {
      const column = source.sheet && /^[A-Z]+(?=\d+$)/.exec(source.cell)?.[0];
      const id = JSON.stringify([source.file, source.sheet, column]);
      if (!groups.has(id)) groups.set(id, { column, sources: [] });
      groups.get(id).sources.push(source);
    }
    const rowNumber = ({ cell }) => Number(/\d+$/.exec(cell));
    const shown = [...groups.values()].map(({ column, sources }) =>
      sourceGroup(sources.sort((one, other) => rowNumber(one) - rowNumber(other)), column));
    return shown.length > 0 && part("Số liệu gốc", ...shown);
  }

  function statedAt(fact, figures) {
    const items = figures.map((figure) => row(() => jump(figure), figure.textContent, text(whereabouts(figure)),
      figure.matches(".stale") && " (chưa cập nhật)"));
    const inAppendix = document.getElementById(fact.anchor);
    return part(items.length ? `Được nêu ở ${items.length} chỗ` : "Không nêu trực tiếp trong báo cáo",
      listed("ol", items),
      inAppendix && make("a", { href: `#${fact.anchor}` }, `Dòng ${fact.ref} trong phụ lục căn cứ`));
  }

  // A difference or a trend states two facts: the other one is a click away.
  function comparisons(fact) {
    const stated = (fact.comparisons ?? []).flatMap(({ text: how, keys }) =>
      [make("p", {}, text(how)), listed("ul", keys.map((key) => related(key, fact)))]);
    return stated.length > 0 && part("So sánh nêu trong báo cáo", ...stated);
  }

  function factView(key) {
    const fact = evidence.facts[key];
    if (!fact) return [make("p", {}, "Báo cáo không có số liệu nào mang khóa này.")];
    const figures = places.get(key) ?? [];
    const users = (uses.get(key) ?? []).map((user) => related(user, fact));
    return [
      make("p", { class: "period" }, period(fact.period)), make("p", { class: "value" }, text(value(fact))),
      ...notices(fact, figures), computation(fact), comparisons(fact), notebook(fact), rawCells(fact), statedAt(fact, figures),
      users.length > 0 && part(`Dùng để tính ${users.length} số liệu khác`, listed("ul", users)),
    ];
  }

  // -- the list of all figures ---------------------------------------------------------------------------------

  const contradicted = ({ fact }) => fact?.claims.length > 0;
  const mended = ({ fact }) => fact?.sources.some((index) => evidence.sources[index].corrections.length > 0);
  const FILTERS = [
    ["Tất cả", () => true],
    ["Chưa cập nhật", (entry) => entry.stale],
    ["Được miễn", (entry) => !entry.fact],
    ["Trái với số liệu đã nêu", contradicted],
    ["Có ô đính chính", mended],
    ["Không tổ chức, chưa có số liệu", ({ fact }) => fact && fact.status !== "observed"],
  ];

  function factEntry([key, figures]) {
    const fact = evidence.facts[key];
    if (!fact) return [];
    const stale = figures.some((figure) => figure.matches(".stale"));
    const remarks = [period(fact.period), figures.length > 1 && `${figures.length} chỗ`, stale && "chưa cập nhật",
      contradicted({ fact }) && "trái với số liệu đã nêu", mended({ fact }) && "có ô đính chính"];
    const item = toFact(key, fact.label, make("small", {}, remarks.filter(Boolean).join(" · ")));
    const words = [fact.label, fact.period, value(fact), fact.text.replaceAll(".", ""), key];
    return { fact, stale, item: make("li", {}, item), words: plain([...words, ...figures.map(whereabouts)].join(" ")) };
  }

  function waivedEntry(span) {
    const where = whereabouts(span);
    const remark = make("small", {}, text(where));
    const item = row(() => jump(span), span.textContent, "Được miễn: ", text(span.title), remark);
    return { item: make("li", {}, item), words: plain(`${span.textContent} ${span.title} ${where}`) };
  }

  function buildList() {
    const entries = [...[...places].flatMap(factEntry), ...[...report.querySelectorAll(".waived")].map(waivedEntry)];
    const search = make("input", { type: "search", id: "kiemso-search", autocomplete: "off", input: narrow });
    const count = make("p", { class: "count" });
    const radios = FILTERS.map((_, i) =>
      make("input", { type: "radio", name: "kiemso-filter", checked: i === 0, change: narrow }));
    const labels = FILTERS.map(([name, test], i) =>
      make("label", {}, radios[i], `${name} (${entries.filter(test).length})`));
    function narrow() {
      const [, test] = FILTERS[radios.findIndex((radio) => radio.checked)];
      const words = plain(search.value).split(/\s+/);
      const shown = entries.filter((entry) => {
        entry.item.hidden = !(test(entry) && words.every((word) => entry.words.includes(word)));
        return !entry.item.hidden;
      });
      count.textContent = shown.length ? `${shown.length} số liệu` : "Không có số liệu nào như vậy.";
      say(count.textContent);
    }
    narrow();
    return make("div", { class: "list" }, marksSwitch(),
      make("label", { for: "kiemso-search" }, "Tìm theo tên, giá trị, năm học, đề mục; không cần gõ dấu"), search,
      make("fieldset", {}, make("legend", {}, "Chỉ hiện"), labels), count,
      make("ul", {}, entries.map((entry) => entry.item)));
  }

  // -- numbers marked in the text ------------------------------------------------------------------------------

  // Ranges, not elements: the report itself stays untouched.
  function untagged() {
    const ranges = [];
    const walker = document.createTreeWalker(report, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node.nodeType === Node.TEXT_NODE ? NodeFilter.FILTER_ACCEPT
        : node.matches(NO_NARRATIVE) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (const { 0: found, index } of node.data.matchAll(/\d+(?:[.,/–-]\d+)*(?:\s?%)?/g)) {
        ranges.push(new StaticRange({
          startContainer: node, startOffset: index, endContainer: node, endOffset: index + found.length }));
      }
    }
    return ranges;
  }

  function marksSwitch() {
    const legend = make("ul", { class: "legend", hidden: true });
    function turn({ target: { checked } }) {
      report.classList.toggle("kiemso-marks", checked);
      legend.hidden = !checked;
      const found = checked ? untagged() : [];
      // Browsers of before 2022 mark the other three kinds only.
      if (typeof Highlight === "function") CSS.highlights.set(MARKS, new Highlight(...found));
      const count = (selector) => report.querySelectorAll(selector).length;
      const kinds = [["tagged", count("a.figure:not(.stale)"), "có căn cứ"], ["stale", count("a.stale"), "chưa cập nhật"],
        ["waived", count(".waived"), "được miễn"],
        ["untagged", found.length, "không gắn căn cứ (như ngày tháng, số hiệu văn bản)"]];
      legend.replaceChildren(...kinds.map(([kind, number, words]) =>
        make("li", {}, make("span", { class: kind }, String(number)), ` ${words}`)));
      if (checked) say(legend.textContent);
    }
    return make("div", {}, make("label", { class: "switch" },
      make("input", { type: "checkbox", role: "switch", change: turn }), "Tô màu các con số trong văn bản"), legend);
  }

  // -- the panel -----------------------------------------------------------------------------------------------

  const live = make("p", { role: "status", class: "kiemso-status" });
  const heading = make("h2", { id: "kiemso-heading", tabindex: "-1" });
  const crumbs = make("nav", { "aria-label": "Các bước đã xem" });
  const body = make("div", { class: "body" });
  const panel = make("div", { id: "kiemso-panel", role: "dialog", "aria-labelledby": "kiemso-heading", hidden: true },
    make("header", {}, crumbs, heading,
      make("button", { type: "button", class: "close", title: "Phím Esc", click: close }, "Đóng")), body);
  const launcher = make("button", { type: "button", class: "kiemso-launcher", "aria-haspopup": "dialog",
    click: () => open(LIST) }, "Danh sách số liệu");

  function say(words) { live.textContent = words; }

  function open(view, figure, block) {
    load();
    trail = [view];
    panel.hidden = false;
    document.documentElement.classList.add("kiemso-open");
    show();
    point(figure, block);
  }

  function go(view) {
    const fromList = trail.at(-1) === LIST;
    // A view met again is a step back: the way never runs in circles.
    trail = trail.includes(view) ? trail.slice(0, trail.indexOf(view) + 1) : [...trail, view];
    show();
    if (fromList) point(places.get(view)[0], "center");
  }

  function back(index) {
    const left = trail[index + 1];
    trail = trail.slice(0, index + 1);
    show(left);
  }

  const title = (view) =>
    (view === LIST ? "Danh sách số liệu" : evidence.facts[view]?.label ?? `Không có số liệu “${view}”`);

  function showTrail() {
    const steps = trail.slice(0, -1);
    const named = steps.map((view) => (view === LIST ? title(view) : `${title(view)}, ${evidence.facts[view].period}`));
    crumbs.hidden = steps.length === 0;
    crumbs.replaceChildren(button(() => back(steps.length - 1), "← Quay lại"),
      listed("ol", named.map((name, i) => button(() => back(i), text(name)))));
  }

  // Shows the last view of the trail; the focus goes to the way back into the view that was left, if there was one.
  function show(left) {
    const view = trail.at(-1);
    const content = view === LIST ? [list ??= buildList()] : factView(view);
    heading.replaceChildren(text(title(view)));
    showTrail();
    body.replaceChildren(...content.filter(Boolean));
    body.scrollTop = 0;
    address(view === LIST ? "" : `#fact=${encodeURI(view)}`);
    const cameFrom = left && body.querySelector(`[data-view="${CSS.escape(left)}"]`);
    (cameFrom || heading).focus({ preventScroll: !cameFrom });
  }

  // Replaced, not pushed: “back” leaves the report as the reader expects, instead of walking through all figures.
  function address(hash) {
    history.replaceState(history.state, "", location.href.split("#")[0] + hash);
  }

  function close() {
    if (panel.hidden) return;
    panel.hidden = true;
    document.documentElement.classList.remove("kiemso-open");
    address("");
    (current ?? launcher).focus({ preventScroll: true });
    point(undefined);
  }

  function openFromAddress() {
    if (location.hash === "") close(); // back to the report as it was before
    if (!location.hash.startsWith("#fact=")) return;
    load();
    let key = location.hash.slice("#fact=".length);
    try { key = decodeURIComponent(key); } catch { /* a damaged address is shown as it is */ }
    open(full(key), places.get(full(key))?.[0], "center");
  }

  document.addEventListener("click", (event) => {
    const figure = event.target.closest("a.figure[data-fact]");
    // With a modifier the reader asks the browser for a new tab or window.
    if (!figure || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    load();
    const key = full(figure.dataset.fact);
    if (!evidence.facts[key]) return; // the link into the appendix still works
    event.preventDefault();
    open(key, figure, "nearest");
  });
  document.addEventListener("keydown", (event) => {
    const clears = event.target.type === "search" && event.target.value; // Esc empties the search first
    if (event.key === "Escape" && !clears) close();
  });
  addEventListener("hashchange", openFromAddress);

  // First in the page: the list is among the first stops of the Tab key, and the panel stands beside its button.
  const aside = make("aside", { class: "kiemso", "aria-label": "Căn cứ số liệu" }, launcher, live, panel);
  document.querySelector(".skip").after(aside);
  openFromAddress();
})();
