/** The dialog of the editor that shows how programs run this workflow, and who else may. */
import { BookOpen, KeyRound, Link2 } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { Json } from '../../api/document'
import { keyCreate } from '../../api/keys'
import { errorMessage } from '../../lib/errors'
import { Button } from '../../ui/controls/Button'
import { Choice } from '../../ui/controls/Choice'
import { Dialog } from '../../ui/controls/Dialog'
import { Switch } from '../../ui/controls/Switch'
import { useWhoseKeys, WhoseKeys } from '../../ui/credentials/WhoseKeys'
import { CopyButton } from '../../ui/text/CopyButton'
import { rich } from '../../ui/text/rich'
import { useSession } from '../session'
import { originsIn } from './origins'
import { samplesOf } from './samples'
import { LANGUAGES, type Language, snippet } from './snippets'
import { MODES, type Mode } from './target'
import { texts } from './texts'
import css from './UseAsApi.module.css'

/** What a snippet holds until there is a key. */
const NO_KEY = 'YOUR_KEY'

export default function UseAsApi({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={texts.useAsApi} onClose={onClose} wide>
      <Programs />
      <Sharing />
    </Dialog>
  )
}

function Programs() {
  const { store, slug, appId } = useSession()
  const document = useStore(store.state, state => state.document)
  const [language, setLanguage] = useState<Language>('curl')
  const [mode, setMode] = useState<Mode>('wait')
  const [key, setKey] = useState<string | null>(null)
  const inputs = useMemo(() => samplesOf(document), [document])
  const text = snippet(
    { origin: location.origin, slug, appId, key: key ?? NO_KEY, inputs },
    language,
    mode,
  )
  return (
    <>
      <Key name={String(document.name ?? slug)} made={key} onMade={setKey} />
      <div className={css.choices}>
        <Choice
          label={texts.language}
          options={LANGUAGES}
          value={language}
          onChange={setLanguage}
        />
        <Choice label={texts.howToGetTheResult} options={MODES} value={mode} onChange={setMode} />
      </div>
      <section className={css.code} aria-label={texts.programIn(LANGUAGES[language])}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keyboard too */}
        <pre tabIndex={0}>{text}</pre>
        <CopyButton className={css.copy} text={text} label={texts.copyTheProgram} />
      </section>
      <p className={css.links}>
        <a href="/api/docs" target="_blank" rel="noopener">
          <BookOpen aria-hidden size={14} /> {texts.theWholeApi}
        </a>
        <a href="/settings#keys" target="_blank" rel="noopener">
          <KeyRound aria-hidden size={14} /> {texts.apiKeys}
        </a>
      </p>
    </>
  )
}

interface KeyProps {
  name: string
  made: string | null
  onMade: (key: string) => void
}

/** Makes a key that can run this workflow and nothing else, and puts it into the programs. */
function Key({ name, made, onMade }: KeyProps) {
  const { slug } = useSession()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const make = async () => {
    setBusy(true)
    setProblem('')
    try {
      const capabilities = [`workflow:${slug}:run`, 'execution:read']
      const made = await keyCreate({ name: texts.apiOfName(name).slice(0, 200), capabilities })
      onMade(made.key)
    } catch (error) {
      setProblem(errorMessage(error))
    } finally {
      setBusy(false)
    }
  }
  if (made) {
    return (
      <div className={css.key} data-made>
        <p role="status">
          <b>{texts.theKeyIsInThePrograms}</b> {texts.itIsShownOnlyNow}
        </p>
        <CopyButton text={made}>{texts.copyKey}</CopyButton>
      </div>
    )
  }
  return (
    <div className={css.key}>
      <p>
        {rich(texts.programsNeedAKey(NO_KEY), { code: () => <code>{NO_KEY}</code> })}
        {problem && (
          <span className={css.problem} role="alert">
            {problem}
          </span>
        )}
      </p>
      <Button icon={<KeyRound aria-hidden size={14} />} disabled={busy} onClick={() => void make()}>
        {busy ? texts.creatingAKey : texts.createApiKey}
      </Button>
    </div>
  )
}

function Sharing() {
  const { store, slug } = useSession()
  const shown = useStore(store.state, state => state.document.publicPlayground === true)
  const runs = useStore(store.state, state => state.document.publicRun === true)
  const embeds = useStore(store.state, state => state.document.embedOrigins)
  const [whose] = useWhoseKeys(slug, store.canEdit)
  const url = `${location.origin}/play/${slug}`
  const set = (key: string, value: Json, label: string) =>
    store.edit([{ op: 'meta.set', key, value }], { label })
  return (
    <section className={css.sharing}>
      <h3>{texts.playground}</h3>
      <p className={css.about}>
        {texts.aFormOfItsOwn}{' '}
        <a href={`/play/${slug}`} target="_blank" rel="noopener">
          {`/play/${slug}`}
        </a>
      </p>
      {store.canEdit && (
        <>
          <Row
            title={texts.public}
            help={texts.everyoneWithTheLinkSees}
            action={
              shown && (
                <CopyButton text={url} icon={Link2}>
                  {texts.copyLink}
                </CopyButton>
              )
            }
          >
            <Switch
              label={texts.publicPlayground}
              checked={shown}
              onChange={on => set('publicPlayground', on, texts.publicPlayground)}
            />
          </Row>
          <Row title={texts.anyoneCanRunIt} help={texts.withoutLoggingInAFewTimes}>
            <Switch
              label={texts.anyoneCanRunIt}
              checked={shown && runs}
              disabled={!shown}
              onChange={on => set('publicRun', on, texts.publicRuns)}
            />
          </Row>
          {shown && runs && <WhoseKeys rows={whose} />}
          <Row title={texts.embedOn} help={texts.websitesThatMayEmbedTheForm}>
            <Embeds
              origins={Array.isArray(embeds) ? embeds.map(String) : []}
              disabled={!shown}
              onChange={origins => set('embedOrigins', origins, texts.websitesThatEmbedIt)}
            />
          </Row>
        </>
      )}
    </section>
  )
}

interface EmbedsProps {
  origins: string[]
  disabled: boolean
  onChange: (origins: string[]) => void
}

function Embeds({ origins, disabled, onChange }: EmbedsProps) {
  const saved = origins.join(', ')
  const [text, setText] = useState(saved)
  const { origins: read, wrong } = originsIn(text)
  const save = () => {
    if (wrong !== null) return
    setText(read.join(', '))
    if (read.join(', ') !== saved) onChange(read)
  }
  return (
    <div className={css.embeds}>
      <input
        type="text"
        aria-label={texts.websitesLabel}
        aria-invalid={wrong !== null}
        placeholder="https://site.example"
        spellCheck={false}
        autoCapitalize="none"
        disabled={disabled}
        value={text}
        onChange={event => setText(event.target.value)}
        onBlur={save}
        onKeyDown={event => {
          if (event.key === 'Enter') save()
        }}
      />
      {wrong !== null && (
        <span className={css.problem} role="alert">
          {texts.isNotAWebsite(wrong)}
        </span>
      )}
    </div>
  )
}

interface RowProps {
  title: string
  help: string
  action?: ReactNode
  children: ReactNode
}

function Row({ title, help, action, children }: RowProps) {
  return (
    <div className={css.row}>
      <div>
        <b>{title}</b>
        <p>{help}</p>
      </div>
      {action}
      {children}
    </div>
  )
}
