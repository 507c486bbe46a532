const find = (id) => document.getElementById(id);

async function call(method, path, body, type = "application/json") {
  const answer = await fetch(`/api/${path}`, {
    method,
    ...(body === undefined ? {} : { body, headers: { "content-type": type } }),
  });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error);
  return result;
}

function fill(id, entries, show) {
  find(id).replaceChildren(
    ...entries.map((entry) => {
      const item = document.createElement("li");
      item.append(show(entry));
      return item;
    }),
  );
}

function link({ id, name }) {
  const anchor = document.createElement("a");
  anchor.href = `/api/resumes/${id}`;
  anchor.textContent = name;
  return anchor;
}

async function show() {
  try {
    const [{ resumes }, { letters }] = await Promise.all([call("GET", "resumes"), call("GET", "letters")]);
    fill("resumes", resumes, link);
    fill("letters", letters, ({ text }) => text);
    find("enter").hidden = true;
    find("inside").hidden = false;
  } catch (error) {
    find("enter").hidden = false;
    find("inside").hidden = true;
    if (error.message !== "log in first") throw error;
  }
}

function on(id, event, act) {
  find(id).addEventListener(event, async (happening) => {
    happening.preventDefault();
    find("message").textContent = "";
    try {
      await act(happening);
      await show();
    } catch (error) {
      find("message").textContent = error.message;
    }
  });
}

on("enter", "submit", ({ submitter, target }) =>
  call("POST", submitter.value, JSON.stringify(Object.fromEntries(new FormData(target)))),
);
on("leave", "click", () => call("POST", "logout"));
on("upload", "submit", async ({ target }) => {
  const file = target.elements.file.files[0];
  await call("POST", `resumes?name=${encodeURIComponent(file.name)}`, file, file.type);
  target.reset();
});
on("write", "submit", async ({ target }) => {
  await call("POST", "letters", JSON.stringify({ text: target.elements.text.value }));
  target.reset();
});
show();
