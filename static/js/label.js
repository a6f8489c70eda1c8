/* Makes faster what already works without it: focus, counters, autosave, copy, end of session. */
(function () {
  "use strict";

  var french = (document.documentElement.lang || "fr").slice(0, 2) !== "en";
  var words = french
    ? {
        left: "Il reste {n} caractères.",
        over: "{n} caractères de trop.",
        offline: "Pas de connexion. Votre texte reste sur cette page ; nous réessayons.",
        signedOut: "Vous n'êtes plus connecté. Votre texte reste sur cette page : reconnectez-vous dans un autre onglet.",
        signIn: "Se reconnecter dans un nouvel onglet",
        signInFirst: "Pour enregistrer, reconnectez-vous, puis revenez à cet onglet : votre texte vous attend.",
        sessionOver: "Votre session est terminée.",
        sendLater: "Pas de connexion : rien n'est envoyé. Votre texte reste sur cette page ; appuyez de nouveau quand la connexion revient.",
        otherPerson: "Une autre personne est connectée. Votre texte reste sur cette page, sans être enregistré.",
        gone: "Cette page n'enregistre plus rien. Votre texte reste affiché ici : copiez-le si vous en avez besoin.",
        copied: "Copié"
      }
    : {
        left: "{n} characters left.",
        over: "{n} characters too many.",
        offline: "No connection. Your text stays on this page; we are trying again.",
        signedOut: "You are signed out. Your text stays on this page: sign in again in another tab.",
        signIn: "Sign in again in a new tab",
        signInFirst: "To save, sign in again, then come back to this tab: your text is waiting.",
        sessionOver: "Your session is over.",
        sendLater: "No connection: nothing is sent. Your text stays on this page; press again when the connection is back.",
        otherPerson: "Somebody else is signed in. Your text stays on this page, not saved.",
        gone: "This page no longer saves anything. Your text stays shown here: copy it if you need it.",
        copied: "Copied"
      };

  function number(n) {
    return french ? String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f") : String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  }

  function focusFirst() {
    var target = document.querySelector("[data-lb-focus]");
    if (target) {
      target.focus();
    }
  }

  function countCharacters(field) {
    var limit = Number(field.getAttribute("data-lb-limit"));
    var line = document.createElement("span");
    var timer;
    line.className = "lb-count";
    line.setAttribute("role", "status");
    field.insertAdjacentElement("afterend", line);
    function show() {
      /* A line break is sent as two characters. */
      var left = limit - field.value.replace(/\r?\n/g, "\r\n").length;
      line.classList.toggle("is-over", left < 0);
      line.textContent = (left < 0 ? words.over : words.left).replace("{n}", number(Math.abs(left)));
    }
    field.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(show, 400);
    });
    show();
  }

  function signInLink() {
    var link = document.createElement("a");
    var line = document.querySelector("[data-lb-sign-in]");
    link.href = line ? line.getAttribute("data-lb-sign-in") : "/compte/connexion/";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = words.signIn;
    return link;
  }

  function sessionIsOver() {
    document.querySelectorAll("[data-lb-session-warning]").forEach(function (line) {
      line.replaceChildren(document.createTextNode(words.sessionOver + " "), signInLink());
    });
  }

  function noticeOf(form) {
    /* One notice beside the buttons of a form: empty and out of the way until something must be told. */
    var rows = form.querySelectorAll(".lb-actions");
    var notice = document.createElement("p");
    notice.className = "lb-notice";
    notice.setAttribute("role", "alert");
    if (rows.length) {
      rows[rows.length - 1].insertAdjacentElement("beforebegin", notice);
    } else {
      form.append(notice);
    }
    return function (text, link) {
      notice.replaceChildren.apply(notice, [text ? document.createTextNode(text + " ") : "", link || ""]);
      if (text) {
        notice.scrollIntoView({ block: "nearest" });
      }
    };
  }

  function holdOffline(form) {
    /* A form sent without a connection would leave the page, and its words with it. */
    var tell = noticeOf(form);
    form.addEventListener("submit", function (event) {
      tell("");
      if (!navigator.onLine) {
        event.preventDefault();
        event.stopImmediatePropagation();
        tell(words.sendLater);
      }
    });
  }

  function autosave(form) {
    var address = form.getAttribute("data-lb-autosave");
    var line = form.querySelector("[data-lb-saved]");
    var conflict = form.querySelector("[data-lb-conflict]");
    var timer;
    var running = false;
    var again = false;
    var refused = false;
    var failing = false;
    var gone = false;
    var typed = 0;
    var sent = 0;
    var notice = noticeOf(form);

    function applyTokens(answer) {
      /* The answer carries the new version token of each saved field. */
      answer.querySelectorAll("[data-lb-token]").forEach(function (token) {
        var field = form.elements.namedItem(token.getAttribute("data-lb-token"));
        if (field) {
          field.value = token.getAttribute("data-lb-value");
        }
      });
    }

    function read(html) {
      return new DOMParser().parseFromString(html, "text/html");
    }

    function show(target, nodes) {
      target.replaceChildren.apply(target, Array.from(nodes));
    }

    function inConflict(part) {
      return Array.from(part.querySelectorAll("section"), function (one) {
        return one.getAttribute("aria-labelledby");
      }).join(" ");
    }

    function isWriting() {
      return form.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    }

    function showConflicts(page) {
      /* What was saved beside the conflict is told on the saved line. */
      var before = inConflict(conflict);
      var saved = page.querySelector(".lb-saved");
      if (saved && line) {
        show(line, [saved]);
      }
      /* A choice under way is left alone: its button has the focus. */
      if (!conflict.contains(document.activeElement) || document.activeElement === conflict) {
        show(conflict, page.body.childNodes);
      }
      /* The focus moves once, to something new, and never out of a field in which somebody writes. */
      if (inConflict(conflict) !== before && !isWriting()) {
        conflict.focus();
      }
    }

    function putProblems(page) {
      /* What is to mend is said beside its field, until an answer no longer says it. */
      form.querySelectorAll("[data-lb-beside]").forEach(function (former) {
        mark(former.getAttribute("data-lb-beside"), "");
        former.remove();
      });
      page.querySelectorAll("[data-lb-beside]").forEach(function (problem) {
        var field = mark(problem.getAttribute("data-lb-beside"), problem.firstElementChild.id);
        var group = field && field.type === "radio" && field.closest("fieldset");
        var folded = field && field.closest("details");
        var former = document.getElementById(problem.firstElementChild.id);
        problem.remove();
        if (!field) {
          return;
        }
        if (former) {
          former.remove();
        }
        if (folded) {
          folded.open = true;
        }
        if (group) {
          group.querySelector("legend").insertAdjacentElement("afterend", problem);
        } else {
          field.insertAdjacentElement("beforebegin", problem);
        }
      });
    }

    function mark(name, problem) {
      /* A screen reader hears with the field what is to mend in it. */
      var found = form.elements.namedItem(name);
      var field = found && found.length && !found.tagName ? found[0] : found;
      if (!field) {
        return null;
      }
      var whole = field.type === "radio" ? field.closest("fieldset") : field;
      var told = (whole.getAttribute("aria-describedby") || "").split(" ").filter(function (one) {
        return one && !/_error$/.test(one);
      });
      whole.setAttribute("aria-describedby", told.concat(problem || []).join(" "));
      if (whole === field) {
        field.setAttribute("aria-invalid", problem ? "true" : "false");
      }
      return field;
    }

    function told(answer) {
      gone = answer.status >= 400 && answer.status < 500 && answer.status !== 409 && answer.status !== 422;
      if (gone) {
        /* Not a word of why: what somebody may not read any more does not exist. */
        if (line) {
          line.replaceChildren();
        }
        notice(words.gone);
        return;
      }
      notice("");
      if (answer.status === 409 && conflict) {
        var page = read(answer.html);
        applyTokens(page);
        putProblems(page);
        showConflicts(page);
      } else if (line && (answer.ok || answer.status === 422)) {
        var saved = read(answer.html);
        applyTokens(saved);
        putProblems(saved);
        show(line, saved.body.childNodes);
        if (conflict) {
          conflict.replaceChildren();
        }
      } else if (answer.status >= 500) {
        throw new Error("server");
      }
    }

    function renew() {
      /* Signing in again changes the token of every form: take the new one from a fresh copy of this page. */
      return fetch(window.location.href, { credentials: "same-origin" }).then(function (response) {
        if (response.redirected || !response.ok) {
          throw new Error(response.status === 404 ? "gone" : "signedOut");
        }
        return response.text().then(function (html) {
          var fresh = read(html).querySelector("form[data-lb-autosave]");
          if (!fresh) {
            throw new Error("signedOut");
          }
          if (fresh.elements.page_made_for.value !== form.elements.page_made_for.value) {
            throw new Error("otherPerson");
          }
          form.elements.csrfmiddlewaretoken.value = fresh.elements.csrfmiddlewaretoken.value;
          refused = false;
        });
      });
    }

    function isSmall(data) {
      /* A request that outlives its page may carry 64 KiB. */
      return new Blob([new URLSearchParams(data).toString()]).size < 60000;
    }

    function post() {
      var data = new FormData(form);
      sent = typed;
      form.querySelectorAll("input[type=file]").forEach(function (file) {
        if (file.name) {
          data.delete(file.name);
        }
      });
      return fetch(address, {
        method: "POST",
        body: data,
        keepalive: isSmall(data),
        credentials: "same-origin",
        headers: { "X-Autosave": "1", "HX-Request": "true" }
      }).then(function (response) {
        refused = response.redirected || response.status === 403;
        return response.text().then(function (html) {
          return { status: response.status, ok: response.ok && !refused, html: html };
        });
      });
    }

    function explain(problem) {
      if (line) {
        line.textContent = words[problem.message] || form.getAttribute("data-lb-offline") || words.offline;
      }
      if (problem.message === "signedOut") {
        notice(words.signInFirst, signInLink());
        sessionIsOver();
      }
    }

    function flush() {
      /* What was typed since the last save leaves with the page. */
      clearTimeout(timer);
      if (typed !== sent && !refused) {
        post().then(told).catch(function () {
          sent = -1;
          plan(10000);
        });
      }
    }

    function save() {
      if (running) {
        again = true;
        return;
      }
      running = true;
      post()
        .then(function (answer) {
          return refused ? renew().then(post) : answer;
        })
        .then(function (answer) {
          failing = false;
          told(answer);
        })
        .catch(function (problem) {
          failing = !words[problem.message];
          sent = -1;
          explain(problem);
          plan(10000);
        })
        .finally(function () {
          running = false;
          if (again) {
            again = false;
            plan(200);
          }
        });
    }

    function plan(delay) {
      clearTimeout(timer);
      timer = setTimeout(save, delay);
    }

    form.addEventListener("input", function (event) {
      if (event.target.type !== "file") {
        typed += 1;
        plan(1000);
      }
    });
    form.addEventListener("submit", function (event) {
      var button = event.submitter;
      clearTimeout(timer);
      if (!refused && !failing && !gone) {
        sent = typed;
        return;
      }
      /* Sent now, a chosen file would be lost; the words alone would be kept by the service. */
      event.preventDefault();
      (refused ? renew() : renew().then(post)).then(
        function () {
          failing = false;
          gone = false;
          form.requestSubmit(button);
        },
        function (problem) {
          explain(problem);
          if (problem.message !== "signedOut") {
            notice(words[problem.message] || words.sendLater);
          }
          if (!gone) {
            plan(10000);
          }
        }
      );
    });
    document.addEventListener("visibilitychange", function () {
      if (document.hidden) {
        flush();
      } else if (refused) {
        plan(0);
      }
    });
    window.addEventListener("pagehide", flush);
    if (document.querySelector("[data-lb-kept]")) {
      plan(0);
    }
  }

  function copy(button) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", function () {
      var source = document.querySelector(button.getAttribute("data-lb-copy"));
      navigator.clipboard.writeText("value" in source ? source.value : source.textContent).then(function () {
        button.textContent = words.copied;
      });
    });
  }

  function select(link) {
    link.addEventListener("click", function (event) {
      var field = document.querySelector(link.getAttribute("href"));
      event.preventDefault();
      field.focus();
      field.select();
    });
  }

  function warnBeforeEnd(line) {
    var wait = Date.parse(line.getAttribute("data-lb-session-warning")) - Date.now();
    if (wait > 0 && wait < 2147483647) {
      setTimeout(function () {
        line.classList.add("is-near");
        line.setAttribute("role", "alert");
        document.getElementById("content").prepend(line);
      }, wait);
    }
  }

  /* A page that follows a session and is signed out meanwhile: the answer is another page, so go there whole. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    var path = event.detail.pathInfo || {};
    if (path.responsePath && path.responsePath.split("?")[0] !== path.requestPath.split("?")[0]) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  function start() {
    focusFirst();
    document.querySelectorAll("[data-lb-limit]").forEach(countCharacters);
    document.querySelectorAll("form[method=post]").forEach(holdOffline);
    document.querySelectorAll("form[data-lb-autosave]").forEach(autosave);
    document.querySelectorAll("[data-lb-copy]").forEach(copy);
    document.querySelectorAll("[data-lb-select]").forEach(select);
    document.querySelectorAll("[data-lb-session-warning]").forEach(warnBeforeEnd);
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
