"use strict";
(function () {
  var status = document.getElementById("status");

  function legacyCopy(text) {
    var area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "offscreen clipboard";
    document.body.appendChild(area);
    area.select();
    var done = false;
    try {
      done = document.execCommand("copy");
    } catch (error) {
      done = false;
    }
    area.remove();
    return done;
  }

  function say(button, words) {
    var before = button.getAttribute("data-label");
    button.textContent = words;
    status.textContent = words + ": " + button.getAttribute("aria-label");
    window.setTimeout(function () {
      button.textContent = before;
    }, 2000);
  }

  function copy(button) {
    var text = document.getElementById(button.getAttribute("data-copy")).textContent;
    function fallBack() {
      say(button, legacyCopy(text) ? "Copied" : "Not copied");
      button.focus();
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () {
        say(button, "Copied");
      }, fallBack);
    } else {
      fallBack();
    }
  }

  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    button.setAttribute("data-label", button.textContent);
    button.hidden = false;
    button.addEventListener("click", function () {
      copy(button);
    });
  });

  // A link to something inside of a closed part opens it.
  function reveal() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
  }
  window.addEventListener("hashchange", reveal);
  reveal();
})();
