// Keeps the chosen theme, which the server is told by a cookie, so that the first paint is right.
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
})();
