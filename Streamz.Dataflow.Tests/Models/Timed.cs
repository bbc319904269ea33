using System.Globalization;

namespace Streamz.Dataflow.Tests.Models;

/// <summary>A value at a second of virtual time.</summary>
internal readonly record struct Timed<T>(double At, T Value)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ModelText.Of(Value)}@{At}");
}

/// <summary>One emit: when it is called, at which of the sources, with which value.</summary>
internal readonly record struct Emit(int At, int Side, int Value)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value}@{At}{(Side == 0 ? "" : $"#{Side}")}");
}

/// <summary>What a trial is fed: emits in the order of their times, then all sources are completed, in their order.</summary>
internal sealed record TimedInputs(IReadOnlyList<Emit> Emits, int End)
{
    /// <summary>What one source is fed.</summary>
    public IEnumerable<Timed<int>> Of(int side) => Emits.Where(emit => emit.Side == side).Select(emit => new Timed<int>(emit.At, emit.Value));

    public override string ToString() => $"{string.Join(' ', Emits)} end@{End}";
}
