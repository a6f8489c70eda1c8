/* Sign-in with this device: shown only when the browser can; a refusal is told in words beside the button. */
(function () {
  "use strict";

  document.addEventListener("DOMContentLoaded", function () {
    if (window.PublicKeyCredential) {
      if (document.getElementById("device-sign-in")) {
        allauth.webauthn.forms.loginForm({ ids: { login: "device-sign-in", credential: "device-credential" } });
      }
      if (document.getElementById("device-add")) {
        allauth.webauthn.forms.signupForm({ ids: { signup: "device-add", credential: "id_credential", data: "device-data" } });
      }
      document.querySelectorAll("[data-lb-device-form]").forEach(function (form) {
        form.hidden = false;
      });
      document.querySelectorAll("[data-lb-device-missing]").forEach(function (line) {
        line.hidden = true;
      });
    }
  });

  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    document.querySelectorAll("[data-lb-device-problem]").forEach(function (line) {
      line.textContent = line.getAttribute("data-lb-words");
    });
  });
})();
