using System.Collections.Immutable;
using System.Globalization;
using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Tests.Orleans;

[TestFixture]
internal sealed class ValueSerializerTests
{
    private static readonly ValueSerializer s_values = new(Codecs.Serializer);
    private static readonly ValueSerializer s_json = new(Codecs.Serializer, type => type.Assembly == typeof(Uncoded).Assembly);

    private static readonly DateTime s_time = new(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc);

    private static IEnumerable<TestCaseData> Values()
    {
        yield return Case(typeof(int), int.MinValue);
        yield return Case(typeof(bool), true);
        yield return Case(typeof(double), double.NaN);
        yield return Case(typeof(char), 'ü');
        yield return Case(typeof(decimal), 1.10m);
        yield return Case(typeof(Guid), new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        yield return Case(typeof(DateTime), s_time);
        yield return Case(typeof(int?), 7);
        yield return Case(typeof(int?), null);
        yield return Case(typeof(string), "text");
        yield return Case(typeof(string), null);
        yield return Case(typeof(Colour), Colour.Green);
        yield return Case(typeof(Colour?), Colour.Green);
        yield return Case(typeof(DayOfWeek), DayOfWeek.Friday);
        yield return Case(typeof(Coded), new Coded(1, "one"));
        yield return Case(typeof(Coded), null);
        yield return Case(typeof(object), new Coded(1, "one"));
        yield return Case(typeof(object), 5);
        yield return Case(typeof((int, Coded)), (1, new Coded(1, "one")));
        yield return Case(typeof(List<Coded>), new List<Coded> { new(1, "one") });
        yield return Case(typeof(Dictionary<string, int>), new Dictionary<string, int> { ["a"] = 1 });
        yield return Case(typeof(DateTime[]), new[] { s_time });
        yield return Case(typeof(decimal[]), new[] { 1.10m });
        yield return Case(typeof(Colour[]), new[] { Colour.Green });
        yield return Case(typeof(ImmutableArray<int>), ImmutableArray.Create(1, 2));
        yield return Case(typeof(int[,]), new[,] { { 1, 2 }, { 3, 4 } });

        static TestCaseData Case(Type declared, object? value) => new(declared, value) { TestName = $"Value_Declared{declared.Name}Of{value ?? "null"}_ComesBack" };
    }

    [TestCaseSource(nameof(Values))]
    public void Value_OfDeclaredType_ComesBack(Type declared, object? value)
    {
        var back = s_values.Deserialize(declared, s_values.Serialize(declared, value));

        Assert.Multiple(() =>
        {
            Assert.That(back, Is.EqualTo(value));
            Assert.That(back?.GetType(), Is.EqualTo(value?.GetType()));
        });
    }

    [Test]
    public void Enum_DeclaredAsObject_IsRefusedSinceItWouldBecomeANumber() =>
        Assert.That(() => s_values.Serialize<object>(Colour.Green), Throws.TypeOf<NotSupportedException>().With.Message.Contains("enum").And.Message.Contains("Colour"));

    [TestCase(typeof(bool))]
    [TestCase(typeof(byte))]
    [TestCase(typeof(sbyte))]
    [TestCase(typeof(short))]
    [TestCase(typeof(ushort))]
    [TestCase(typeof(int))]
    [TestCase(typeof(uint))]
    [TestCase(typeof(long))]
    [TestCase(typeof(ulong))]
    [TestCase(typeof(float))]
    [TestCase(typeof(double))]
    [TestCase(typeof(char))]
    [TestCase(typeof(Guid))]
    public void Primitives_InEachDeclaredForm_ComeBackInThatForm(Type element)
    {
        var array = Array.CreateInstance(element, 3);
        array.SetValue(element == typeof(Guid) ? Guid.NewGuid() : Convert.ChangeType(1, element, CultureInfo.InvariantCulture), 1);
        var list = Activator.CreateInstance(typeof(List<>).MakeGenericType(element), array)!;
        Type[] forms = [typeof(IEnumerable<>), typeof(ICollection<>), typeof(IList<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>)];

        Assert.Multiple(() =>
        {
            Assert.That(Travelled(array.GetType(), array), Is.TypeOf(array.GetType()).And.EqualTo(array));
            Assert.That(Travelled(list.GetType(), list), Is.TypeOf(list.GetType()).And.EqualTo(array));
            foreach (var form in forms)
            {
                var declared = form.MakeGenericType(element);
                Assert.That(Travelled(declared, array), Is.TypeOf(array.GetType()).And.EqualTo(array));
                Assert.That(Travelled(declared, list), Is.TypeOf(array.GetType()).And.EqualTo(array));
                Assert.That(Travelled(declared, null), Is.Null);
            }
        });

        object? Travelled(Type declared, object? value) => s_values.Deserialize(declared, s_values.Serialize(declared, value));
    }

    [Test]
    public void Array_OfDoubles_IsItsBytes() => Assert.That(s_values.Serialize(new double[1000]), Has.Length.EqualTo(8001));

    [Test]
    public void Array_Empty_ComesBack() => Assert.That(s_values.Deserialize<List<int>>(s_values.Serialize(new List<int>())), Is.Empty);

    [Test]
    public void Interface_WithOtherCollection_IsLeftToItsCodec() =>
        Assert.That(s_values.Deserialize<IEnumerable<int>>(s_values.Serialize<IEnumerable<int>>(new HashSet<int> { 1, 2 })), Is.EquivalentTo(new[] { 1, 2 }));

    [TestCase(new byte[] { })]
    [TestCase(new byte[] { 9, 1 })]
    [TestCase(new byte[] { 3, 1 })]
    [TestCase(new byte[] { 1, 1, 1, 1 })]
    public void Bytes_OfSomethingElse_AreRefused(byte[] bytes) =>
        Assert.Multiple(() =>
        {
            Assert.That(() => s_values.Deserialize<int[]>(bytes), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Int32[]"));
            Assert.That(() => s_values.Deserialize<int>(bytes), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Int32"));
            Assert.That(() => s_values.Deserialize<Coded>(bytes), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Coded"));
        });

    [Test]
    public void Bool_OfAnotherByte_IsRefused() =>
        Assert.That(() => s_values.Deserialize<bool>([3, 2]), Throws.TypeOf<NotSupportedException>());

    [Test]
    public void Null_AsValueType_IsRefused() => Assert.That(() => s_values.Deserialize<DateTime>([0]), Throws.TypeOf<NotSupportedException>());

    [Test]
    public void Uncoded_Serialize_NamesTypesAndRemedies() =>
        Assert.Multiple(() =>
        {
            Assert.That(
                () => s_values.Serialize(new Uncoded(1)),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains("Uncoded").And.Message.Contains("[GenerateSerializer]").And.Message.Contains("OrleansClusterOptions.JsonTypes"));
            Assert.That(
                () => s_values.Serialize<CodedBase>(new UncodedDerived()),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains("declared as Streamz.Dataflow.Tests.Orleans.CodedBase").And.Message.Contains("UncodedDerived"));
            Assert.That(() => s_values.Serialize<object>(new List<object> { new Uncoded(1) }), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Uncoded"));
        });

    [Test]
    public void Poison_Serialize_FailsAloneAndLeavesTheSerializerUsable()
    {
        Assert.That(() => s_values.Serialize(new Poison()), Throws.TypeOf<NotSupportedException>().With.Message.Contains("poison"));

        Assert.That(s_values.Deserialize<Coded>(s_values.Serialize(new Coded(1, "one"))), Is.EqualTo(new Coded(1, "one")));
    }

    [Test]
    public void Json_OptedIn_KeepsFieldsAndProperties()
    {
        var back = s_json.Deserialize<PublicFields>(s_json.Serialize(new PublicFields { Number = 1, Pair = (2, "two"), Text = "three" }));

        Assert.That((back.Number, back.Pair, back.Text), Is.EqualTo((1, (2, "two"), "three")));
    }

    [Test]
    public void Json_OptedInElement_TakesWhatHoldsItAlong() =>
        Assert.Multiple(() =>
        {
            Assert.That(s_json.Deserialize<List<Uncoded>>(s_json.Serialize(new List<Uncoded> { new(1) })), Is.EqualTo(new[] { new Uncoded(1) }));
            Assert.That(s_json.Deserialize<(int, Uncoded)>(s_json.Serialize((1, new Uncoded(2)))), Is.EqualTo((1, new Uncoded(2))));
            Assert.That(s_json.Deserialize<IReadOnlyList<Uncoded>>(s_json.Serialize<IReadOnlyList<Uncoded>>([new(1)])), Is.EqualTo(new[] { new Uncoded(1) }));
            Assert.That(s_json.Deserialize<Uncoded?>(s_json.Serialize<Uncoded?>(null)), Is.Null);
        });

    [Test]
    public void Json_ArrivedWhereTheTypeIsNotOptedIn_IsRefused() =>
        Assert.That(() => s_values.Deserialize<Uncoded>(s_json.Serialize(new Uncoded(1))), Throws.TypeOf<NotSupportedException>().With.Message.Contains("not opted here"));

    [Test]
    public void Codec_ArrivedWhereTheTypeIsOptedIn_IsRead() =>
        Assert.That(s_json.Deserialize<Coded>(s_values.Serialize(new Coded(1, "one"))), Is.EqualTo(new Coded(1, "one")));

    [Test]
    public void Raw_WhateverIsOptedIn_StaysRaw()
    {
        var all = new ValueSerializer(Codecs.Serializer, _ => true);

        Assert.That(all.Serialize(new[] { 1, 2 }), Is.EqualTo(s_values.Serialize(new[] { 1, 2 })));
        Assert.That(all.Deserialize<string>(all.Serialize("text")), Is.EqualTo("text"));
    }

    [Test]
    public void Json_DerivedValue_IsRefusedSinceItWouldLoseMembers() =>
        Assert.That(() => s_json.Serialize<JsonBase>(new JsonDerived()), Throws.TypeOf<NotSupportedException>().With.Message.Contains("[JsonDerivedType]"));

    [TestCase(typeof(Uncoded), "Uncoded")]
    [TestCase(typeof(List<Uncoded>), "Uncoded has no serializer")]
    [TestCase(typeof(Uncoded[]), "Uncoded has no serializer")]
    [TestCase(typeof(IReadOnlyList<Uncoded>), "Uncoded has no serializer")]
    [TestCase(typeof(Dictionary<string, List<Uncoded>>), "Uncoded has no serializer")]
    [TestCase(typeof((int, Uncoded)), "Uncoded has no serializer")]
    [TestCase(typeof(ImmutableArray<Uncoded>), "Uncoded has no serializer")]
    [TestCase(typeof(CancellationToken), "System.Threading.CancellationToken")]
    [TestCase(typeof(SemaphoreSlim), "System.Threading.SemaphoreSlim")]
    [TestCase(typeof(Func<int, int>), "System.Func<System.Int32, System.Int32>")]
    [TestCase(typeof(Task<int>), "System.Threading.Tasks.Task<System.Int32>")]
    [TestCase(typeof(Task<Uncoded>), "Values of type System.Threading.Tasks.Task<Streamz.Dataflow.Tests.Orleans.Uncoded> cannot be sent to a worker: it has")]
    [TestCase(typeof(Delegate), "System.Delegate")]
    [TestCase(typeof(Uncoded[][]), "Uncoded has no serializer")]
    public void Objection_NoCodec_NamesTypeAndRemedies(Type declared, string part) =>
        Assert.That(s_values.Objection(declared), Does.Contain(part).And.Contain("[GenerateSerializer]").And.Contain("OrleansClusterOptions.JsonTypes"));

    [TestCase(typeof(int))]
    [TestCase(typeof(int?))]
    [TestCase(typeof(Colour))]
    [TestCase(typeof(string))]
    [TestCase(typeof(object))]
    [TestCase(typeof(Stream))]
    [TestCase(typeof(IComparable))]
    [TestCase(typeof(IReadOnlyList<object>))]
    [TestCase(typeof(IComparer<Uncoded>))]
    [TestCase(typeof(Coded))]
    [TestCase(typeof(Tagged<Uncoded>))]
    [TestCase(typeof(List<(Coded, DateTime?)>))]
    [TestCase(typeof(Exception))]
    public void Objection_CodecOrCannotBeTold_IsNone(Type declared) => Assert.That(s_values.Objection(declared), Is.Null);

    [Test]
    public void Objection_OptedIn_IsNone() => Assert.That(s_json.Objection(typeof(List<Uncoded>)), Is.Null);
}
