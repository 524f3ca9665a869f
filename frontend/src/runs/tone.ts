/** How the state of a run, a step or a server is colored. */
export type Tone = 'running' | 'ok' | 'bad' | 'quiet'
