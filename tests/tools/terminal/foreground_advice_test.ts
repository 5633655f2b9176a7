import assert from "node:assert/strict";
import { test } from "node:test";
import { foregroundAdvice } from "../../../src/tools/terminal/foreground_advice.ts";

test("foregroundAdvice() speaks against what would outlive its call", () => {
  for (
    const command of [
      "nohup ./run.sh",
      "cd app && nohup node server.js > log 2>&1 &",
      "setsid ./daemon",
      "./server &",
      "./server & echo $!",
      "(sleep 100 &)",
      "sleep 5 &\necho next",
      "FOO=1 ./server &",
      "./server >log 2>&1 & disown",
      "cat > x <<EOF\nhello & goodbye\nEOF\n./server &",
    ]
  ) {
    assert.match(foregroundAdvice(command)?.advice ?? "", /background=true/, command);
  }
});

test("foregroundAdvice() speaks against what never ends", () => {
  for (
    const command of [
      "npm run dev",
      "npm start",
      "yarn dev --port 3000",
      "cd web && pnpm run dev",
      "PORT=3000 bun dev",
      "npx vite",
      "vite --host",
      "next dev",
      "python3 -m http.server 8000",
      "python manage.py runserver",
      "flask run",
      "uvicorn app:app --reload",
      "rails s",
      "php -S localhost:8000",
      "docker compose up",
      "tail -f log.txt",
      "sudo tail -n 5 -F /var/log/syslog",
      "watch -n 1 date",
      "make build && hugo server",
    ]
  ) {
    assert.notEqual(foregroundAdvice(command), undefined, command);
  }
});

test("foregroundAdvice() lets pass what only looks like that", () => {
  for (
    const command of [
      "npm test && npm run build",
      "npm install vite",
      "vite build",
      "npx vite build --mode dev",
      "next build",
      "docker compose up -d",
      "docker compose up --build --detach",
      "tail -n 20 log.txt",
      "make 2>&1 | tail -5",
      "make &> log.txt",
      "make >& log.txt",
      "make |& tee log.txt",
      "cat a <&3",
      "test -f x && echo yes || echo no",
      "echo 'a & b' \"c & d\" e\\&f",
      "curl 'http://localhost/?a=1&b=2'",
      "git commit -m 'use nohup & friends'",
      "grep -r nohup . # and & here",
      "timeout 5 npm run dev",
      "npm run dev --help",
      "uvicorn --version",
      "cat > run.sh <<'EOF'\nnohup ./server &\nEOF\nchmod +x run.sh",
      'node -e "setTimeout(() => {}, 1) && 1"',
      "echo nohup",
      "",
    ]
  ) {
    assert.equal(foregroundAdvice(command), undefined, command);
  }
});

test("foregroundAdvice() takes time in proportion to the command, however hostile", () => {
  for (
    const piece of ["<<A\n", "'", '"\\', "# &", "a=b ", "tail -", "docker compose up ", "(", "\\"]
  ) {
    const startedAtMs = performance.now();
    foregroundAdvice(piece.repeat(100_000 / piece.length));
    const tookMs = performance.now() - startedAtMs;
    assert.ok(tookMs < 1_000, `${piece} took ${tookMs} ms`);
  }
});
