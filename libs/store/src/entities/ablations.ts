import { ViewColumn, ViewEntity } from 'typeorm';

/** One entry of each ablation table, for each evaluator and n it was scored with. `held`: the configuration without the two axes. */

@ViewEntity({ name: 'ablation_noise_schedule', synchronize: false })
export class NoiseScheduleAblation {
  @ViewColumn({ name: 'sweep_id' }) sweepId!: string;
  @ViewColumn() metric!: string;
  @ViewColumn() schedule!: unknown;
  @ViewColumn({ name: 'input_scale' }) inputScale!: number;
  @ViewColumn() held!: Record<string, unknown>;
  @ViewColumn() evaluator!: string | null;
  @ViewColumn() n!: number | null;
  @ViewColumn() nfe!: number | null;
  @ViewColumn() mean!: number | null;
  @ViewColumn() spread!: number | null;
  @ViewColumn() min!: number | null;
  @ViewColumn() trials!: string;
  @ViewColumn() diverged!: string;
  @ViewColumn() floor!: number | null;
}

@ViewEntity({ name: 'ablation_input_scale', synchronize: false })
export class InputScaleAblation {
  @ViewColumn({ name: 'sweep_id' }) sweepId!: string;
  @ViewColumn() metric!: string;
  @ViewColumn({ name: 'input_scale' }) inputScale!: number;
  @ViewColumn() schedule!: unknown;
  @ViewColumn() held!: Record<string, unknown>;
  @ViewColumn() evaluator!: string | null;
  @ViewColumn() n!: number | null;
  @ViewColumn() nfe!: number | null;
  @ViewColumn() mean!: number | null;
  @ViewColumn() spread!: number | null;
  @ViewColumn() min!: number | null;
  @ViewColumn() trials!: string;
  @ViewColumn() diverged!: string;
  @ViewColumn() floor!: number | null;
}

@ViewEntity({ name: 'ablation_sampler', synchronize: false })
export class SamplerAblation {
  @ViewColumn({ name: 'sweep_id' }) sweepId!: string;
  @ViewColumn() metric!: string;
  @ViewColumn() sampler!: unknown;
  @ViewColumn() steps!: number;
  @ViewColumn() held!: Record<string, unknown>;
  @ViewColumn() evaluator!: string | null;
  @ViewColumn() n!: number | null;
  @ViewColumn() nfe!: number | null;
  @ViewColumn() mean!: number | null;
  @ViewColumn() spread!: number | null;
  @ViewColumn() min!: number | null;
  @ViewColumn() trials!: string;
  @ViewColumn() diverged!: string;
  @ViewColumn() floor!: number | null;
}
