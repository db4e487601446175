import { cgroupCores, coresHere, type ReadText } from './cores.js';

const reader = (files: Record<string, string>): ReadText => (path) => files[path];
const nothing = reader({});

describe('coresHere', () => {
  it.each<[string, NodeJS.ProcessEnv, ReadText, number]>([
    ['all the system gives', {}, nothing, 16],
    ['what Slurm gave the task', { SLURM_CPUS_PER_TASK: '4' }, nothing, 4],
    ['no more than there are, whatever Slurm says', { SLURM_CPUS_PER_TASK: '64' }, nothing, 16],
    ['a container\'s limit', {}, reader({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '250000 100000\n' }), 2],
    ['at least one', {}, reader({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '50000 100000\n' }), 1],
    ['the least of all', { SLURM_CPUS_PER_TASK: '8' }, reader({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '300000 100000\n' }), 3],
    ['all, if the variable is empty', { SLURM_CPUS_PER_TASK: '' }, nothing, 16],
  ])('is %s', (_, variables, read, cores) => {
    expect(coresHere(variables, read, 16)).toBe(cores);
  });
});

describe('cgroupCores', () => {
  it.each<[string, Record<string, string>, number]>([
    ['no control groups', {}, Infinity],
    ['no limit', { '/proc/self/cgroup': '0::/user.slice/job\n', '/sys/fs/cgroup/user.slice/job/cpu.max': 'max 100000\n' }, Infinity],
    ['a limit of the group above', { '/proc/self/cgroup': '0::/slurm/job_1/step_0\n', '/sys/fs/cgroup/slurm/job_1/cpu.max': '400000 100000\n', '/sys/fs/cgroup/slurm/job_1/step_0/cpu.max': 'max 100000\n' }, 4],
    ['version 1', { '/proc/self/cgroup': '3:memory:/a\n2:cpu,cpuacct:/docker/x\n0::/\n', '/sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us': '150000\n', '/sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us': '100000\n' }, 1.5],
    ['version 1 without a limit', { '/proc/self/cgroup': '2:cpu,cpuacct:/\n', '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' }, Infinity],
    ['version 1 inside a container, where the group is the root', { '/proc/self/cgroup': '2:cpu:/docker/x\n', '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000\n', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' }, 2],
  ])('knows %s', (_, files, cores) => {
    expect(cgroupCores(reader(files))).toBe(cores);
  });
});
