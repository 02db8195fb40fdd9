// Added by the server of `kiemso watch`; it stands in no file of the report.
(function () {
  var version = document.currentScript.dataset.version;
  var note = document.createElement("div");
  note.setAttribute("role", "alert");
  note.style.cssText =
    "position:fixed;inset:0 0 auto 0;z-index:99999;max-height:60vh;overflow:auto;padding:1rem 1.5rem;" +
    "background:#fff4f2;color:#3b0a05;border-bottom:3px solid #b3261e;font:15px/1.5 system-ui,sans-serif;" +
    "white-space:pre-wrap;box-shadow:0 2px 12px #0004";
  new EventSource("/.kiemso/events").onmessage = function (event) {
    var state = JSON.parse(event.data);
    if (state.version !== version) {
      location.reload();
      return;
    }
    note.textContent = [state.head].concat(state.problems).join("\n");
    if (state.problems.length) document.body.prepend(note);
    else note.remove();
  };
})();
