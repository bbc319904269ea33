// Keeps the chosen theme, which the server is told by a cookie, so that the first paint is right; and leads through a graph by keys.
(() => {
  const cookie = "streamz-theme";
  const path = new URL(document.baseURI).pathname;
  const stored = () => (document.cookie.match(new RegExp(`(?:^|; )${cookie}=(dark|light)`)) || [])[1];
  const show = theme => { document.documentElement.dataset.theme = theme; };
  show(stored() || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  window.streamzDashboard = {
    isDark: () => document.documentElement.dataset.theme === "dark",
    setDark: dark => {
      const theme = dark ? "dark" : "light";
      document.cookie = `${cookie}=${theme}; path=${path}; max-age=31536000; samesite=strict`;
      show(theme);
    },
  };

  // Of all nodes of a graph, Tab leads to one, which is the last that was reached; the arrow keys lead from there to the next in their direction, Home and End to the first and
  // the last. Which one it is only the browser knows, and sees to it when Tab is pressed: nodes may have come and gone, and an answer of the server may be older than the last key.
  const directions = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  const nodesOf = graph => [...graph.querySelectorAll(".dz-node")];
  const nodesBeside = node => nodesOf(node.closest("svg"));
  const middleOf = node => {
    const { x, y, width, height } = node.querySelector(".dz-ring").getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  };
  const nextOf = (node, [right, down]) => {
    const [fromX, fromY] = middleOf(node);
    let [next, least] = [null, Infinity];
    for (const other of nodesBeside(node)) {
      const [x, y] = middleOf(other);
      const ahead = (x - fromX) * right + (y - fromY) * down;
      const aside = Math.abs((x - fromX) * down) + Math.abs((y - fromY) * right);
      if (ahead > 1 && ahead + 2 * aside < least) {
        [next, least] = [other, ahead + 2 * aside];
      }
    }

    return next;
  };
  const reached = new WeakMap();
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches(".dz-node")) {
      reached.set(target.closest("svg"), target);
    }
  });
  document.addEventListener("keydown", ({ key }) => {
    for (const graph of key === "Tab" ? document.querySelectorAll(".dz-graph") : []) {
      const nodes = nodesOf(graph);
      const stop = nodes.includes(reached.get(graph)) ? reached.get(graph) : nodes[0];
      nodes.forEach(node => node.setAttribute("tabindex", node === stop ? "0" : "-1"));
    }
  }, true);
  document.addEventListener("keydown", event => {
    const { target, key } = event;
    if (!target.matches(".dz-node") || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }

    if (key === "Enter" || key === " ") {
      target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    } else if (key === "Home" || key === "End") {
      nodesBeside(target).at(key === "Home" ? 0 : -1).focus();
    } else if (directions[key]) {
      nextOf(target, directions[key])?.focus();
    } else {
      return;
    }

    // Else the page would scroll.
    event.preventDefault();
  });
})();
