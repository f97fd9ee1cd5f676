import type { Configuration } from '../event/configuration.ts';
import type { TaskProgram } from './contract.ts';
import type { Definitions } from './definitions.ts';
import { createKeyProgram } from './key-program.ts';
import type { KeyedBatch } from './key-program.ts';
import { createLevelZero } from './level-zero.ts';
import type { SourceBatch } from './level-zero.ts';
import { stepSettings } from './services.ts';
import type { Services } from './services.ts';

export type Programs = readonly [
  TaskProgram<Definitions, SourceBatch>,
  TaskProgram<Definitions, KeyedBatch>,
  TaskProgram<Definitions, KeyedBatch>,
];

/** The programs of levels 0, 1 and 2. They hold no state and may serve any number of tasks. */
export function createPrograms(configuration: Configuration, services: Services): Programs {
  const settings = stepSettings(configuration, services);
  return [
    createLevelZero(configuration, services.places),
    createKeyProgram(1, settings),
    createKeyProgram(2, settings),
  ];
}
