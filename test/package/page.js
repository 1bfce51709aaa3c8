import { points } from './points.js';

globalThis.pointsInPage = async () => {
  const response = await fetch('/model.safetensors');
  return points(await response.arrayBuffer());
};

globalThis.pointsInWorker = () => {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  return answer.finally(() => worker.terminate());
};
