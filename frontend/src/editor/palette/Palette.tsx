/** The palette: search node types, see their ports, add one where it was requested. */

import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { NodeType } from '../../api/catalog'
import { Glyph } from '../../ui/ports/Glyph'
import { typedAhead } from '../../ui/shell/TypedAhead'
import { useAway } from '../../ui/useAway'
import { holdFocus } from '../canvas/focus'
import { addNode, connect } from '../edits/commands'
import { endsOf } from '../edits/connections'
import { insertNew, isInsertable } from '../edits/insert'
import { HeldConnection } from '../ports/HeldConnection'
import { type Session, useSession } from '../session'
import { texts as editorTexts } from '../texts'
import type { PaletteRequest } from '../view'
import { fittingOffers, furtherOffers, inputOffers, type Offer, typeOffers } from './choices'
import { NodeList } from './NodeList'
import css from './Palette.module.css'
import { recentTypes, remember } from './recent'
import { texts } from './texts'

export function Palette({ request }: { request: PaletteRequest }) {
  const session = useSession()
  const { view } = session
  const { rules } = session.catalog
  const box = useRef<HTMLDivElement>(null)
  const [query, setQuery] = useState(typedAhead)
  const [at, setAt] = useState(0)
  const [output, setOutput] = useState(0)
  const recent = useMemo(() => recentTypes(), [])
  const connecting = request.outputs?.[output] ?? request.connecting
  const offers = useMemo(
    () => offersFor(session, query, recent, request, output),
    [session, query, recent, request, output],
  )
  const chosen: Offer | undefined = offers[Math.min(at, offers.length - 1)]
  const close = () => view.setState({ palette: null })

  // Read before the search box takes the focus.
  const [giveBack] = useState(holdFocus)
  useEffect(() => giveBack, [giveBack])
  useLayoutEffect(() => {
    const panel = box.current
    if (!panel) return
    const { width, height } = panel.getBoundingClientRect()
    panel.style.left = `${Math.max(8, Math.min(request.at.x, innerWidth - width - 8))}px`
    panel.style.top = `${Math.max(8, Math.min(request.at.y, innerHeight - height - 8))}px`
  }, [request])
  useAway(box, close)

  const pick = (offer: Offer | undefined) => {
    if (!offer) return
    close()
    if (offer.connection) connect(session, offer.connection)
    if (!offer.type) return
    remember(offer.type.type)
    const { place, clear, insert } = request
    const edge = session.store.document.edges.find(({ id }) => id === insert)
    if (edge) {
      insertNew(session, edge, offer.type.type)
      return
    }
    addNode(session, offer.type.type, place, { connecting, clear, enter: true })
  }
  const turn = (step: number) => {
    const outputs = request.outputs?.length ?? 1
    setOutput((output + step + outputs) % outputs)
    setAt(0)
  }
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setAt(Math.max(0, Math.min(offers.length - 1, at + step)))
    } else if (way && !query && request.outputs) {
      event.preventDefault()
      turn(way)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      pick(chosen)
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      close()
    }
    event.stopPropagation()
  }

  return (
    <>
      {connecting && <HeldConnection connecting={connecting} to={request.at} />}
      <div ref={box} className={css.palette} role="dialog" aria-label={editorTexts.addANode}>
        <label className={css.search}>
          <Search size={16} aria-hidden="true" />
          <input
            // biome-ignore lint/a11y/noAutofocus: the palette opens to be typed into
            autoFocus
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={chosen ? `node-type-${at}` : undefined}
            aria-label={editorTexts.searchNodes}
            placeholder={
              connecting
                ? texts.nodesThatFitType(rules.label(connecting.type))
                : editorTexts.searchNodes
            }
            value={query}
            onChange={event => {
              setQuery(event.target.value)
              setAt(0)
            }}
            onKeyDown={keys}
          />
        </label>
        {request.outputs && request.outputs.length > 1 && (
          <fieldset className={css.outputs} aria-label={texts.output}>
            {request.outputs.map((each, i) => (
              <button
                key={each.port}
                type="button"
                tabIndex={-1}
                aria-pressed={i === output}
                onClick={() => turn(i - output)}
              >
                <Glyph type={each.type} />
                {each.port}
              </button>
            ))}
          </fieldset>
        )}
        <div className={css.body}>
          <div className={css.types} id="palette-list">
            <NodeList choices={offers} at={at} onPoint={setAt} onPick={i => pick(offers[i])} />
          </div>
          {chosen?.type && <About type={chosen.type} />}
        </div>
        <span className={css.hint}>
          {[
            texts.results(offers.length),
            texts.keysToChoose,
            ...(request.outputs && request.outputs.length > 1 ? [texts.keysForOutput] : []),
            chosen?.connection ? texts.keyToConnect : texts.keyToAdd,
            texts.keyToClose,
          ].join(' · ')}
        </span>
      </div>
    </>
  )
}

/** What is offered: for a connection what fits, with inputs there are when the keyboard draws it. */
function offersFor(
  session: Session,
  query: string,
  recent: readonly string[],
  { connecting, outputs, insert }: PaletteRequest,
  output: number,
): Offer[] {
  const { catalog } = session
  const edge = session.store.document.edges.find(({ id }) => id === insert)
  const ends = edge && endsOf(session, edge)
  if (edge && ends) {
    const fit = fittingOffers(catalog, query, ends.from)
    return fit.filter(({ type }) => type && isInsertable(session, edge, type.type))
  }
  if (!connecting) {
    const found = typeOffers(catalog, query, recent)
    return found.length
      ? found
      : headed(furtherOffers(session), editorTexts.noResultsFor(query.trim()))
  }
  const drawn = outputs?.[output]
  const { type } = drawn ?? connecting
  const fit = fittingOffers(catalog, query, drawn ?? connecting)
  const added = fit.length
    ? fit
    : headed(
        fittingOffers(catalog, '', drawn ?? connecting),
        texts.noResultsThatFit(query.trim(), catalog.rules.label(type)),
      )
  if (!drawn) return added
  const there = inputOffers(session, query, drawn)
  if (!there.length) return added
  return [...headed(there, texts.inThisWorkflow), ...headed(added, texts.newNode)]
}

const headed = (offers: Offer[], heading: string): Offer[] =>
  offers.map((offer, i) => (i ? offer : { ...offer, heading }))

function About({ type }: { type: NodeType }) {
  return (
    <aside className={css.about}>
      <h3>{type.name}</h3>
      <p>{type.description}</p>
      <Ports title={editorTexts.inputs} ports={type.inputs.filter(port => port.port)} />
      <Ports title={texts.outputs} ports={type.outputs} />
      {!type.outputs.length && type.dynamic === 'fields' && <p>{texts.oneOutputForEveryField}</p>}
    </aside>
  )
}

function Ports({
  title,
  ports,
}: {
  title: string
  ports: readonly { name: string; label: string; type: string }[]
}) {
  const { rules } = useSession().catalog
  if (!ports.length) return null
  return (
    <div className={css.ports}>
      <h4>{title}</h4>
      <ul>
        {ports.slice(0, 7).map(port => (
          <li key={port.name}>
            <Glyph type={port.type} />
            {port.label || port.name}
            <small>{rules.label(port.type)}</small>
          </li>
        ))}
        {ports.length > 7 && <li>{editorTexts.andMore(ports.length - 7)}</li>}
      </ul>
    </div>
  )
}
