// Sends what a form on the page of the API describes and shows the reply. Without the browser's cookies: only the token
// that was typed in says who asks. An empty Idempotency-Key becomes a new one.
"use strict";

function requestOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const input of form.querySelectorAll("input[data-in]")) {
    const value = input.value || (input.name.toLowerCase() === "idempotency-key" ? crypto.randomUUID() : "");
    if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(value));
    else if (value && input.dataset.in === "query") query.append(input.name, value);
    else if (value) headers[input.name] = value;
  }
  const token = document.getElementById("token").value;
  if (token) headers.Authorization = `Bearer ${token}`;
  let body = form.elements.body?.value;
  if (body !== undefined) headers["Content-Type"] = form.dataset.mediaType;
  if (form.dataset.mediaType.endsWith("urlencoded")) body = new URLSearchParams(JSON.parse(body)).toString();
  const url = query.size ? `${path}?${query}` : path;
  return [url, { method: form.dataset.method, headers, body, credentials: "omit", redirect: "manual" }];
}

async function send(event) {
  event.preventDefault();
  const output = event.target.querySelector("output");
  output.textContent = "…";
  try {
    const reply = await fetch(...requestOf(event.target));
    const text = await reply.text();
    const isJson = reply.headers.get("Content-Type")?.includes("json");
    output.textContent = `${reply.status}\n${isJson && text ? JSON.stringify(JSON.parse(text), null, 2) : text}`;
  } catch (error) {
    output.textContent = `Nothing was sent: ${error.message}`;
  }
}

for (const form of document.querySelectorAll("form[data-path]")) form.addEventListener("submit", send);
