// Keeps an open page through a restart of the service: it asks for its connection until the service is there again, and loads anew when that knows it no more.
(() => {
  const lost = document.getElementById("components-reconnect-modal");
  const longestWait = 5000;
  const tell = text => {
    // Told once: a reader would read the same words at each attempt.
    if (lost.textContent !== text) {
      lost.textContent = text;
    }

    document.documentElement.classList.toggle("is-lost", text !== "");
  };

  let isLoading = false;
  const loadAnew = async () => {
    if (isLoading) {
      return;
    }

    isLoading = true;
    // A page that is loaded while nobody answers is one of the browser's own, which never comes back.
    while (!await fetch(location.href, { cache: "no-store" }).then(answer => answer.status < 500, () => false)) {
      await new Promise(resolve => setTimeout(resolve, 1000));
    }

    location.reload();
  };

  lost.addEventListener("components-reconnect-state-changed", ({ detail: { state } }) => {
    if (state === "hide") {
      tell("");
      return;
    }

    tell("The connection is lost. What is shown is old. Trying again …");
    if (state !== "show" && state !== "retrying") {
      loadAnew();
    }
  });
  Blazor.start({ circuit: { reconnectionOptions: { maxRetries: Infinity, retryIntervalMilliseconds: attempt => Math.min(200 * 2 ** attempt, longestWait) } } });
})();
