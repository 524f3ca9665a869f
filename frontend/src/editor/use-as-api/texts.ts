/** What “Use as API” says; its programs are in `snippets` and `falSnippets`. */
import { defineTexts } from '../../lib/locale'

export const texts = defineTexts({
  runAndWait: 'Run and wait',
  startAndPoll: 'Start and poll',
  followLive: 'Follow live',
  useAsApi: 'Use as API',
  language: 'Language',
  howToGetTheResult: 'How to get the result',
  copyTheProgram: 'Copy the program',
  apiOfName: (name: string) => `API of ${name}`,
  theKeyIsInThePrograms: 'The key is in the programs below.',
  copyKey: 'Copy key',
  creatingAKey: 'Creating a key…',
  createApiKey: 'Create API key',
  playground: 'Playground',
  public: 'Public',
  everyoneWithTheLinkSees: 'Everyone with the link sees the form, but not the nodes.',
  copyLink: 'Copy link',
  publicPlayground: 'Public playground',
  anyoneCanRunIt: 'Anyone can run it',
  withoutLoggingInAFewTimes:
    'Without logging in, a few times a minute; it uses your quota and the keys chosen in its nodes.',
  publicRuns: 'Public runs',
  embedOn: 'Embed on',
  websitesThatMayEmbedTheForm: 'Websites that may embed the form in a frame.',
  websitesThatEmbedIt: 'Websites that embed it',
  websitesLabel: 'Websites that may embed the form',
})
