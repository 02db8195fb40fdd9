// A link to a cell or a card opens what is folded there. Without this script it is one click away.
const unfold = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (const one of [target.closest("details"), ...target.querySelectorAll("details")]) if (one) one.open = true;
  target.scrollIntoView({ block: "center", inline: "nearest" });
};
addEventListener("hashchange", unfold);
unfold();
