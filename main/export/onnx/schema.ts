/**
 * The messages of an ONNX file that are written here, with the numbers that they have there.
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
import protobuf from 'protobufjs'

const { root } = protobuf.parse(`
  syntax = "proto3";

  message ModelProto {
    int64 ir_version = 1;
    repeated OperatorSetIdProto opset_import = 8;
    string producer_name = 2;
    string producer_version = 3;
    string doc_string = 6;
    GraphProto graph = 7;
    repeated StringStringEntryProto metadata_props = 14;
  }

  message OperatorSetIdProto {
    string domain = 1;
    int64 version = 2;
  }

  message StringStringEntryProto {
    string key = 1;
    string value = 2;
  }

  message GraphProto {
    repeated NodeProto node = 1;
    string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
    repeated ValueInfoProto value_info = 13;
  }

  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    string name = 3;
    string op_type = 4;
    repeated AttributeProto attribute = 5;
  }

  message AttributeProto {
    string name = 1;
    AttributeType type = 20;
    float f = 2;
    int64 i = 3;
    bytes s = 4;
    repeated int64 ints = 8;
    repeated bytes strings = 9;
  }

  enum AttributeType { UNDEFINED = 0; FLOAT = 1; INT = 2; STRING = 3; INTS = 7; STRINGS = 8; }

  message TensorProto {
    repeated int64 dims = 1;
    int32 data_type = 2;
    string name = 8;
    bytes raw_data = 9;
  }

  message ValueInfoProto {
    string name = 1;
    TypeProto type = 2;
  }

  message TypeProto {
    Tensor tensor_type = 1;
    message Tensor {
      int32 elem_type = 1;
      TensorShapeProto shape = 2;
    }
  }

  message TensorShapeProto {
    repeated Dimension dim = 1;
    message Dimension {
      oneof value {
        int64 dim_value = 1;
        string dim_param = 2;
      }
    }
  }
`, { keepCase: true }) // prettier-ignore

type MessageName = 'ModelProto' | 'GraphProto' | 'TensorProto' | 'StringStringEntryProto'

/** Bytes of a message given as a plain object. */
export function encode(name: MessageName, content: object): Uint8Array {
  const type = root.lookupType(name)
  return type.encode(type.fromObject(content)).finish()
}

/** The number of a field, for what is written around messages. */
export const fieldNumber = (name: MessageName, field: string): number => {
  const found = root.lookupType(name).fields[field]
  if (!found) throw new Error(`[onnx] ${name} has no ${field}`)
  return found.id
}

/** A message read back; numbers of 64 bits as numbers. */
export function decode(name: MessageName, bytes: Uint8Array): Record<string, unknown> {
  const type = root.lookupType(name)
  return type.toObject(type.decode(bytes), { longs: Number, enums: String, defaults: true })
}

/** What begins a field that is so many bytes long: its tag and the length. */
export const fieldHead = (name: MessageName, field: string, bytes: number): Uint8Array =>
  protobuf.Writer.create()
    .uint32((fieldNumber(name, field) << 3) | 2)
    .uint32(bytes)
    .finish()

export const elementTypes = { float32: 1, int32: 6, int64: 7, bool: 9 } as const
export type Dtype = keyof typeof elementTypes
