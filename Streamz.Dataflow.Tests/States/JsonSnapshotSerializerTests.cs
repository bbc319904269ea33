using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Streamz.Dataflow.Tests.States;

[TestFixture]
internal sealed class JsonSnapshotSerializerTests
{
    private static readonly object[] s_values =
    [
        0, "", 1.5, double.NaN, decimal.One, true, 'x', DayOfWeek.Friday, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), TimeSpan.FromTicks(7), Guid.Empty,
        (1, "two"), (1, (2, 3)), Tuple.Create(1, "x"), KeyValuePair.Create("a", 1L), new[] { 1, 2 }, new byte[] { 1, 2 },
        new Point(1, 2), new PointStruct(3, 4), new Settable { Count = 3 }, new ByConstructor(5), new LogRecord(1, 2, "x"), (int?)3,
    ];

    [TestCaseSource(nameof(s_values))]
    public void Serialize_OrdinaryValue_ComesBack<T>(T value)
    {
        var serializer = new JsonSnapshotSerializer();
        var writer = new ArrayBufferWriter<byte>();

        serializer.Serialize(writer, value);

        Assert.That(serializer.Deserialize<T>(writer.WrittenSpan), Is.EqualTo(value));
    }

    [Test]
    public void Serialize_Collections_ComeBack()
    {
        ComesBack(new List<int> { 1, 2 });
        ComesBack<IReadOnlyList<string>>(["a", "b"]);
        ComesBack(new Dictionary<int, string> { [1] = "a" });
        ComesBack(ImmutableArray.Create(1, 2));
        ComesBack(ImmutableList.Create(("a", 1), ("b", 2)));
        ComesBack(new HashSet<int> { 1, 2 });
        ComesBack<string?>(null);
        ComesBack<Shape[]>([new Circle(2), new Square(3)]);
    }

    [Test]
    public void Serialize_TypeThatWouldLoseAPart_IsRefusedWithTheCure()
    {
        Refuses(new PrivateField(), "field _count");
        Refuses(new GetOnly(), "property Count");
        Refuses(new List<PrivateField>(), "field _count");
        Refuses(new Dictionary<string, (int, PrivateField)>(), "field _count");
        Refuses<object>(1, "declared as object");
        Refuses<IComparable>(1, "IComparable");
        Refuses<Func<int>>(() => 1, "not supported");
        Refuses(System.Numerics.BigInteger.One, "BigInteger");
        Refuses<Unknown>(new Known(), "JsonDerivedType");
        Assert.That(() => Write(new LeftOut()), Throws.Nothing);
    }

    private static void ComesBack<T>(T value)
    {
        var bytes = Write(value);
        Assert.That(new JsonSnapshotSerializer().Deserialize<T>(bytes), Is.EqualTo(value));
    }

    private static void Refuses<T>(T value, string text) =>
        Assert.That(() => Write(value), Throws.TypeOf<NotSupportedException>().With.Message.Contains(text));

    private static byte[] Write<T>(T value)
    {
        var writer = new ArrayBufferWriter<byte>();
        new JsonSnapshotSerializer().Serialize(writer, value);
        return writer.WrittenSpan.ToArray();
    }

    public sealed record Point(int X, int Y);

    public readonly record struct PointStruct(int X, int Y);

    public sealed record Settable
    {
        public int Count { get; set; }

        public int Twice => 2 * Count;
    }

    public sealed class ByConstructor(int count) : IEquatable<ByConstructor>
    {
        private readonly int _count = count;

        public int Count => _count;

        public bool Equals(ByConstructor? other) => other?._count == _count;

        public override bool Equals(object? obj) => Equals(obj as ByConstructor);

        public override int GetHashCode() => _count;
    }

    public sealed class PrivateField
    {
        private int _count;

        public int Next() => ++_count;
    }

    public sealed class GetOnly
    {
        public int Count { get; } = 5;
    }

    public sealed class LeftOut
    {
        [NonSerialized]
        private int _cache;

        [JsonIgnore]
        public int Next => ++_cache;
    }

    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    public sealed record Circle(double Radius) : Shape;

    public sealed record Square(double Side) : Shape;

    public abstract record Unknown;

    public sealed record Known : Unknown;
}
