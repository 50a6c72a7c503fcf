import { parentPort, workerData } from 'node:worker_threads';
import { exportCompose } from './index.js';
import type { Exported } from './off-thread.js';

const { components, content } = workerData as Exported;
parentPort?.postMessage(exportCompose(components, content));
