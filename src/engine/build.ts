/** The engines that can run a network: WebAssembly with plain or relaxed SIMD, and float64. */
export const ENGINE_BUILDS = ['plain', 'relaxed', 'reference'] as const;

/** The engine that made some weights; each is reproducible in itself, they differ in the last bits. */
export type EngineBuild = (typeof ENGINE_BUILDS)[number];

/** Which of the two builds of the kernels runs. */
export type Build = Exclude<EngineBuild, 'reference'>;
