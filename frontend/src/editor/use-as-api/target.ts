/** What a program is written for: a workflow of a server, and how the result is waited for. */
import type { Samples } from './literal'
import { texts } from './texts'

export const MODES = {
  wait: texts.runAndWait,
  poll: texts.startAndPoll,
  events: texts.followLive,
} as const
export type Mode = keyof typeof MODES

export interface Target {
  /** Where the server is, such as `https://patchbay.example`. */
  origin: string
  slug: string
  /** The id by which clients of fal call it. */
  appId: string
  key: string
  inputs: Samples
}

/** The lines of a program; null where one is left out. */
export type Lines = (string | null)[]
