// Shows an answer as the channels would send it while it is typed; the newest request wins.
(() => {
  const form = document.getElementById("tanya-jawab");
  const place = document.getElementById("pratinjau-isi");
  if (!form || !place) return;
  let timer = 0;
  let latest = 0;
  const show = async () => {
    const mine = ++latest;
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch(form.dataset.preview, { method: "POST", body });
      if (!response.ok) return;
      const text = await response.text();
      if (mine === latest) place.innerHTML = text;
    } catch {
      // Without a connection the last preview stays; the button asks the server again.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 350);
  });
})();
