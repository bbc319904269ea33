using System.Buffers;

namespace Streamz.Dataflow;

/// <summary>Turns values of states into bytes, and back in a later run. Called by one caller at a time for each pipeline.</summary>
public interface ISnapshotSerializer
{
    /// <summary>Writes a value.</summary>
    /// <typeparam name="T">The declared type of the value.</typeparam>
    /// <param name="writer">Takes the bytes.</param>
    /// <param name="value">The value; may be null.</param>
    /// <exception cref="NotSupportedException">A value of this type could not be read back as it was.</exception>
    void Serialize<T>(IBufferWriter<byte> writer, T value);

    /// <summary>Reads a value that <see cref="Serialize{T}"/> has written for the same type, perhaps of an earlier version of the program.</summary>
    /// <typeparam name="T">The declared type of the value.</typeparam>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The value.</returns>
    T Deserialize<T>(ReadOnlySpan<byte> bytes);
}
