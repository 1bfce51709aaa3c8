import { points } from './points.js';

// A function, because vite makes workers that are no modules.
async function main() {
  const response = await fetch('/model.safetensors');
  postMessage(await points(await response.arrayBuffer()));
}

main();
