/** A model as a row of the picker: what it takes and gives, what it costs, what it lacks. */
import { Star } from 'lucide-react'
import type { TaskModel } from '../../api/schema'
import { toggleFavorite } from '../../ui/providers/kept'
import { TakesGives } from '../../ui/providers/TakesGives'
import css from './ModelPicker.module.css'
import { texts } from './texts'

export const optionId = (place: number) => `model-${place}`

interface Props {
  model: TaskModel
  place: number
  chosen: boolean
  favorite: boolean
  remark: string
  onPoint: () => void
  onPick: () => void
}

export function Option({ model, place, chosen, favorite, remark, onPoint, onPick }: Props) {
  const needsKey = model.state === 'needsKey'
  const price = priceOf(model)
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the search box keeps the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys and Enter in the search box
    <div
      id={optionId(place)}
      role="option"
      aria-selected={chosen}
      className={css.option}
      onPointerMove={() => !chosen && onPoint()}
      onClick={onPick}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: F does the same, and the button beside the list */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: F does the same */}
      <span
        className={css.star}
        data-on={favorite || undefined}
        title={favorite ? texts.removeFavorite : texts.addFavorite}
        onClick={event => {
          event.stopPropagation()
          toggleFavorite(model.id)
        }}
      >
        <Star size={15} aria-hidden />
      </span>
      <span className={css.what}>
        <b>{model.name}</b>
        <small>
          {model.provider === 'local' ? texts.local : model.providerName}
          <TakesGives takes={model.takes} gives={model.gives} />
        </small>
      </span>
      <span className={css.facts}>
        {needsKey ? (
          <span className={css.link}>{texts.connect(model.providerName)}</span>
        ) : (
          <span>{price}</span>
        )}
        <small>{remark || (needsKey ? price && texts.priceThen(price) : shortly(model))}</small>
      </span>
    </div>
  )
}

/** What a model costs here in credits, and what its provider says. */
const priceOf = (model: TaskModel): string =>
  model.credits
    ? texts.series([texts.credits(model.credits, model.creditsPer), model.price].filter(Boolean))
    : model.price || texts.free

const shortly = (model: TaskModel) => (model.state === 'ready' ? '' : model.missing)
