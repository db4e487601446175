import { join } from 'node:path';
import type { ProgramSpec } from '@elucidate/experiment/program-grammar';
import type { StageContext, StageFiles } from '../context.js';
import { inputPath } from '../files.js';
import { programEnvironment } from './environment.js';
import { keepHeld, type ProgramUse, unseenProgram } from './held-memory.js';
import { runProgram } from './run-program.js';
import { type Task, writeTask } from './task.js';
import { unpackProgram } from './unpack.js';

/** The archive among the inputs of a stage, under this name of input and output. */
export const archiveOutput = 'program';
export const archiveType = 'application/x-tar';

/** Where a stage puts the files of its program's task. */
export const taskFolder = (files: StageFiles): string => join(files.outDir, 'task');

export interface ExecutedProgram {
  program: ProgramSpec;
  /** Its archive, whose hash was checked. */
  archive: string;
  task: Task;
}

/** Runs a program on a task, whose files are in the task folder, and returns the versions that it reported. Throws as `runProgram` and `unpackProgram` do. */
export async function executeProgram({ program, archive, task }: ExecutedProgram, files: StageFiles, context: StageContext): Promise<Readonly<Record<string, string>>> {
  const cwd = await unpackProgram(archive, { home: context.home, contents: program.contents });
  const path = join(taskFolder(files), 'task.json');
  await writeTask(path, task);
  const limits = context.programs ?? { environment: [] };
  return runProgram({
    signal: context.signal, onProgress: context.onProgress.bind(context), onLog: context.onLog.bind(context), onHeld: async (bytes, whole) => {
      // one that ended early may not have held what it needs
      if (whole || bytes > (limits.memoryBytes ?? unseenProgram)) await keepHeld(context.home, useOf(program, task), bytes);
    },
    command: program.command, cwd, limits, env: programEnvironment(process.env, { task: path, threads: task.threads, limits }),
  });
}

function useOf(program: ProgramSpec, task: Task): ProgramUse {
  const images = 'train' in task ? task.train.batch : 'sample' in task ? task.sample.count : undefined;
  return { program, kind: task.kind, size: task.data.size, channels: task.data.channels, images };
}

/** The path of a program's archive, among the inputs of its stage or the outputs of the one it reads. Throws stage.input_missing. */
export const archivePath = (files: StageFiles, input: string): string => inputPath(files, input, archiveOutput);
