import { type DeliveryParts, Delivery as Original } from '../../../extension/delivery/delivery.ts';

export * from '../../../extension/delivery/delivery.ts';

/** Counts every delivered record twice. */
export class Delivery extends Original {
  constructor(parts: DeliveryParts) {
    const { tallies, sink, spool } = parts;
    super({
      ...parts,
      sink: {
        name: sink.name,
        async put(key, body, signal) {
          await sink.put(key, body, signal);
          tallies.record.delivered += spool.sealed.find((one) => one.key === key)?.records ?? 0;
        },
      },
    });
  }
}
