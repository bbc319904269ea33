using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>The codecs of Orleans, and types with and without one.</summary>
internal static class Codecs
{
    public static Serializer Serializer { get; } = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
}

[GenerateSerializer]
internal sealed record Coded([property: Id(0)] int Number, [property: Id(1)] string Text);

[GenerateSerializer]
internal class CodedBase
{
    [Id(0)]
    public int Number { get; set; }
}

internal sealed class UncodedDerived : CodedBase
{
}

/// <summary>A type argument that is no more than a tag needs no codec.</summary>
[GenerateSerializer]
internal sealed class Tagged<T>
{
    [Id(0)]
    public int Number { get; set; }
}

internal sealed record Uncoded(int Number);

internal sealed class PublicFields
{
    public int Number;
    public (int, string) Pair;
    public string? Text { get; set; }
}

internal class JsonBase
{
    public int Number { get; set; }
}

internal sealed class JsonDerived : JsonBase
{
    public int More { get; set; }
}

[GenerateSerializer]
internal sealed class Poison
{
    [NonSerialized]
    private int _number;

    [Id(0)]
    public int Number
    {
        get => _number == 0 ? throw new InvalidOperationException("poison") : _number;
        set => _number = value;
    }
}

/// <summary>Knows which copies of it there are, as long as they are.</summary>
[GenerateSerializer]
internal sealed class Copied
{
    private static readonly ConcurrentQueue<(int Number, WeakReference Copy)> s_copies = new();

    [Id(0)]
    public int Number
    {
        get;
        set
        {
            field = value;
            s_copies.Enqueue((value, new WeakReference(this)));
        }
    }

    public static int Made(int number) => s_copies.Count(copy => copy.Number == number);

    public static bool IsThereAny(int number) => s_copies.Any(copy => copy.Number == number && copy.Copy.IsAlive);
}

internal enum Colour : byte
{
    Red,
    Green,
}
