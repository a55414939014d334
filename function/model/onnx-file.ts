import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/*
 * ONNX files in protobuf's wire format. One field is read or changed, and all other bytes stay the same.
 * The numbers of fields and types are from onnx.proto of ONNX 1.x, where they never change.
 */

export const GRAPH_OF_MODEL = 7;
export const NODE_OF_GRAPH = 1;
export const INITIALIZER_OF_GRAPH = 5;
export const INPUT_OF_GRAPH = 11;
export const INPUT_OF_NODE = 1;
export const OUTPUT_OF_NODE = 2;
export const OP_TYPE_OF_NODE = 4;
export const NAME_OF_VALUE = 1;

const DIMS_OF_TENSOR = 1;
const DATA_TYPE_OF_TENSOR = 2;
const INT32_DATA_OF_TENSOR = 5;
const NAME_OF_TENSOR = 8;
const RAW_DATA_OF_TENSOR = 9;

/** The types of 8-bit values. */
export const UINT8 = 2;
export const INT8 = 3;

/** A TensorProto of 8-bit values. */
export interface ByteTensor {
  name: string;
  type: number;
  dims: number[];
  /** One byte for each value, however the file stores them. */
  data: Uint8Array;
}

/**
 * A message in which `change` replaces each value of a field of strings, bytes or messages, or removes it by returning undefined. All other bytes stay the same.
 */
export function mapField(
  message: Uint8Array,
  field: number,
  change: (value: Uint8Array, index: number) => Uint8Array | undefined,
): Uint8Array {
  const reader = new BinaryReader(message);
  const writer = new BinaryWriter();
  let index = 0;
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === field && type === WireType.LengthDelimited) {
      const changed = change(reader.bytes(), index++);
      if (changed !== undefined) writer.tag(number, type).bytes(changed);
    } else writer.tag(number, type).raw(reader.skip(type, number));
  }
  return writer.finish();
}

/** The values of a field of strings, bytes or messages. */
export function valuesOf(message: Uint8Array, field: number): Uint8Array[] {
  const reader = new BinaryReader(message);
  const values: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === field && type === WireType.LengthDelimited) values.push(reader.bytes());
    else reader.skip(type, number);
  }
  return values;
}

export function stringsOf(message: Uint8Array, field: number): string[] {
  return valuesOf(message, field).map((value) => Buffer.from(value).toString());
}

/** A message with more values of a field, at its end. */
export function withValues(message: Uint8Array, field: number, values: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter().raw(message);
  for (const value of values) writer.tag(field, WireType.LengthDelimited).bytes(value);
  return writer.finish();
}

/** The tensor of a TensorProto. Undefined: its values are not 8-bit, or are in another file. */
export function readByteTensor(message: Uint8Array): ByteTensor | undefined {
  const reader = new BinaryReader(message);
  const tensor: ByteTensor = { name: '', type: 0, dims: [], data: new Uint8Array() };
  const listed: number[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === DIMS_OF_TENSOR) tensor.dims.push(...integers(reader, type));
    else if (number === DATA_TYPE_OF_TENSOR) tensor.type = reader.int32();
    else if (number === INT32_DATA_OF_TENSOR) for (const value of integers(reader, type)) listed.push(value);
    else if (number === NAME_OF_TENSOR) tensor.name = reader.string();
    else if (number === RAW_DATA_OF_TENSOR) tensor.data = reader.bytes();
    else reader.skip(type, number);
  }
  if (listed.length > 0) tensor.data = Uint8Array.from(listed);
  const values = tensor.dims.reduce((product, dim) => product * dim, 1);
  return [UINT8, INT8].includes(tensor.type) && tensor.data.length === values ? tensor : undefined;
}

export function writeByteTensor({ name, type, dims, data }: ByteTensor): Uint8Array {
  const writer = new BinaryWriter();
  for (const dim of dims) writer.tag(DIMS_OF_TENSOR, WireType.Varint).int64(dim);
  writer.tag(DATA_TYPE_OF_TENSOR, WireType.Varint).int32(type);
  writer.tag(NAME_OF_TENSOR, WireType.LengthDelimited).string(name);
  return writer.tag(RAW_DATA_OF_TENSOR, WireType.LengthDelimited).bytes(data).finish();
}

/** The values of a repeated field of integers at the reader's position: one value, or many in packed form. */
function* integers(reader: BinaryReader, type: WireType): Generator<number> {
  const end = type === WireType.LengthDelimited ? reader.uint32() + reader.pos : reader.pos + 1;
  while (reader.pos < end) yield Number(reader.int64());
}
