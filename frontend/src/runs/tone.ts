/** How the state of a run, a step or a server is coloured. */
export type Tone = 'running' | 'ok' | 'bad' | 'quiet'
