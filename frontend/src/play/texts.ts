/** What a playground says. */
import { amount, defineTexts, plural } from '../lib/locale'

export const texts = defineTexts({
  draft: 'Draft',
  draftRuns: 'Nothing is published: this is the draft.',
  version: (number: number) => `v${amount(number)}`,
  versionRuns: (number: number) =>
    `This is v${amount(number)}, which is published; changes since then are not in it.`,
  copyLink: 'Copy link',
  openInEditor: 'Open in editor',
  exampleResult: 'Example result',
  runItToSeeYourOwn: 'Run it to see your own here.',
  result: 'Result',
  loadingTheWorkflow: 'Loading the workflow',
  aStep: 'A step',

  // form
  inputs: 'Inputs',
  thisWorkflowHasNoInputs: 'This workflow has no inputs. Just run it.',
  running: 'Running…',
  run: 'Run',
  cancelling: 'Cancelling…',
  cancel: 'Cancel',
  thisWorkflowIsPublicBut: 'This workflow is public, but only users of this site can run it.',
  youMayOnlyView: 'You can view this workflow. To run it, ask its owner for the role “can run”.',
  aboutCredits: (credits: number) =>
    plural(credits, {
      one: 'about 1 credit',
      other: `about ${amount(credits)} credits`,
    }),
  tookTimeLastTime: (time: string) => `took ${time} last time`,
  chooseAKey: 'Choose a key',
  free: 'free',
  logInToRunIt: 'Log in to run it.',

  // history
  playedUserSlug: (user: string, slug: string) => `played ${user} ${slug}`,
  earlierRuns: 'Earlier runs',
  yourLastRuns: 'Your last runs',
  clearHistory: 'Clear history',
  runningState: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  doneInTime: (time: string) => `Done in ${time}`,

  // run
  finishing: 'Finishing',
  waitingToStart: 'Waiting to start',
  progressOfTheRun: 'Progress of the run',
  asBefore: 'as before',
  download: 'Download',
  open: 'Open',
  openName: (name: string) => `Open ${name}`,
  copy: 'Copy',
  starting: 'Starting…',
  theResultOfTheWorkflowWill: 'The result of the workflow will be shown here.',
  theRunFailed: 'The run failed',
  noReasonWasGiven: 'No reason was given.',
  openInTheEditor: 'Open in the editor',
  thisRunWasCancelled: 'This run was cancelled.',
  theRunIsDone: 'The run is done. This workflow has no result; add an Output node to show one.',
  thereIsNoSuchWorkflow: 'There is no such workflow',
  theWorkflowCannotBeShown: 'The workflow cannot be shown',
  itMayHaveBeenDeleted: 'It may have been deleted, or it is no longer public.',
  tryAgain: 'Try again',
  goToYourWorkflows: 'Go to your workflows',
  nameFailed: (name: string) => `${name} failed`,
  reconnecting: 'Reconnecting…',
  stepsDone: (done: number, steps: number) =>
    plural(steps, {
      one: `${amount(done)} of 1 step`,
      other: `${amount(done)} of ${amount(steps)} steps`,
    }),
  percent: (percent: number) => `${percent} %`,
  doneWord: 'done',
  runningWord: 'running',
  failedWord: 'failed',
  skippedWord: 'skipped',
  cancelledWord: 'cancelled',
  waitingWord: 'waiting',
  characters: (characters: number) =>
    plural(characters, { one: '1 character', other: `${amount(characters)} characters` }),
  problemAndMore: (problem: string, more: number) => `${problem} (and ${amount(more)} more)`,
})
