"use strict";
const wanted = document.getElementById("wanted");
const found = document.getElementById("found");
const articles = [...document.querySelectorAll("article")].map((element) => ({ element, text: element.textContent.toLowerCase() }));
wanted.addEventListener("input", () => {
  const words = wanted.value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const { element, text } of articles) {
    element.hidden = !words.every((word) => text.includes(word));
    shown += element.hidden ? 0 : 1;
  }
  found.textContent = `${shown} shown`;
});
