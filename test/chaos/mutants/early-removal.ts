import { type DeliveryParts, Delivery as Original } from '../../../extension/delivery/delivery.ts';

export * from '../../../extension/delivery/delivery.ts';

/** Removes a segment from the spool before the destination has confirmed its object. */
export class Delivery extends Original {
  constructor(parts: DeliveryParts) {
    const { sink, spool } = parts;
    super({
      ...parts,
      sink: {
        name: sink.name,
        put(key, body, signal) {
          const segment = spool.sealed.find((one) => one.key === key);
          if (segment !== undefined) spool.remove(segment);
          return sink.put(key, body, signal);
        },
      },
    });
  }
}
