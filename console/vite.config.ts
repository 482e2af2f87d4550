import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const node = process.env["COMITY_NODE"] ?? "http://127.0.0.1:8440";

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "../src/comity/api/static",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content policy allows files of our own, not data in styles
    chunkSizeWarningLimit: 1500,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": { target: node, ws: true }, "/healthz": node } },
});
